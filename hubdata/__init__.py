"""Everything of the dashboard without a screen (and `ui`, what pages share).

Data flows one way: a drop -> `reading` -> `ingest` -> `store.publish` -> a snapshot, read-only for ever -> the views in
`store/sql/` -> `indicators` -> `questions` -> `ui` and its `words` -> `charts` -> `pages/`, or
`ui.chapters` -> `reports`. `loading` hands in a drop
for whoever has one: pages, commands, the inbox.

Who may import whom: the layers are contracts in pyproject.toml, each with its reason (`lint-imports`). Within them,
this is what each part takes of ours and then from outside, no more and no less (`tests/test_architecture.py` reads this
very table):

    cells       nothing; babel, pydantic, pydantic_core: how a cell of a kind is read (numbers, dates, lists, texts),
                and written for a spreadsheet
    models      cells; pyarrow, pydantic: a column is described once and known everywhere
    settings    nothing; pydantic: thresholds, sectors, limits and words of a hub
    texts       nothing; babel, jinja2: the one place where words, numbers and dates are put into a language
    methods     texts; nothing: what each figure means, for readers
    page_list   texts; nothing: every page once, with who may have it
    sandbox     nothing; nothing: a function in a process of its own, with limits
    kept        nothing; nothing: what was made once, for the next who asks, up to so many megabytes
    reading     cells; defusedxml, numpy, pyarrow, python_calamine: it knows bytes and cells, not our columns
    indicators  nothing; igraph, numpy, pandas, sklearn: tables in, numbers out; no files, no screen
    charts      cells, texts; numpy, pandas: tables in, Plotly figures out
    explorer    cells, charts; pandas: the network in, an Apache ECharts option out
    exports     cells; pandas: tables that leave
    demo        nothing; numpy: it writes files like anybody else's
    reports     cells, texts; docx, jinja2, lxml, markupsafe, matplotlib, networkx, pptx, weasyprint, xlsxwriter: what a
                report says as a file: paper, document, slides, workbook, graph
    dictionary  models, reading; nothing: the data dictionary and the templates
    template    cells, models, settings, texts; xlsxwriter: one workbook to fill in, and how its examples are known
    ingest      cells, methods, models, reading, settings, template, texts; numpy, pyarrow, pydantic, pydantic_core,
                rapidfuzz: it never sees the database
    store       kept, models; duckdb, filelock, pandas, psycopg, pyarrow: the only part that knows there is a database
    audit       store; nothing: who did what, when
    linkfiles   store; pydantic: what every kind of link has, and how a file of them is kept
    story       ingest, page_list, store; nothing: views of pages in an order, to be presented and shared
    sharing     linkfiles, page_list, settings, store, story, texts; argon2, pydantic: shared links and secrets
    asking      linkfiles, store, texts; nothing: links that ask an organisation about its own ties
    access      asking, page_list, settings, sharing, store; itsdangerous: who is asking and what they may, decided
                once
    questions   cells, indicators, models, settings, store; pandas: what pages and commands ask of a snapshot, a few
                lines each
    loading     asking, audit, cells, demo, ingest, models, questions, sandbox, settings, sharing, store, texts;
                pyarrow: a drop is prepared, published, gone back from
    naming      cells, ingest, loading, models, settings, store, texts; pyarrow: names that look alike, and two that are
                one
    notebook    ingest, store; nothing: notes and decisions, kept whatever is loaded
    answering   asking, cells, indicators, ingest, models, settings, store; pandas, pydantic: what an asked organisation
                sees of itself, and what it says
    partner_export answering, cells, indicators, ingest, reading, sandbox, settings, store, texts; nothing: answers
                about partners from another tool
    inbox       cells, ingest, loading, reading, sandbox, settings, store, texts; filelock, pyarrow, watchfiles: a
                folder instead of a page
    server      access, answering, asking, audit, cells, models, settings, sharing, store, texts; authlib,
                brotli, fontTools, itsdangerous, jinja2, limits, starlette, streamlit: every request passes its gate
                before Streamlit
    proposals   answering, asking, cells, indicators, ingest, loading, models, settings, store; nothing: what
                asked organisations say beside what is known, and how it becomes a load
    ui          access, answering, asking, audit, cells, charts, explorer, exports, indicators, kept, loading, methods,
                models, naming, notebook, page_list, partner_export, proposals, questions, reports, sandbox, settings,
                sharing, store, story, template, texts; pandas, segno, streamlit: what pages share, in `words` what one
                page says, in `chapters` what reports say of it
    ask_command answering, asking, audit, cells, partner_export, settings, sharing, texts; nothing: the verb `ask`
    file_command reports, texts, ui; nothing: the verbs `export` and `digest`
    printing    ingest, texts; nothing: what commands print
    move_command settings, store, texts; nothing: the verb `move`
    __main__    answering, ask_command, asking, audit, demo, dictionary, file_command, indicators, ingest, loading,
                methods, models, move_command, naming, partner_export, printing, proposals, questions, settings,
                sharing, store, template, texts; nothing: the commands
"""
