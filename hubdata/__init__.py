"""Everything of the dashboard without a screen (and `ui`, what pages share).

Data flows one way: a drop -> `reading` -> `ingest` -> `store.publish` -> a snapshot, read-only for ever -> the views in
`sql/` -> `indicators` -> `charts` -> `pages/`. `hub` joins the parts for whoever asks: commands, pages, server, inbox.

Who may import whom: the layers are contracts in pyproject.toml, each with its reason (`lint-imports`). Within them,
this is what each part takes of ours and then from outside, no more and no less (`tests/test_architecture.py` reads this
very table):

    models      nothing; pydantic, pydantic_core, pyarrow: a column is described once and known everywhere
    settings    nothing; pydantic: thresholds, sectors, limits and words of a hub
    texts       nothing; babel, jinja2: the one place where words, numbers and dates are put into a language
    audit       nothing; nothing: who did what, when
    methods     texts; nothing: what each figure means, for readers
    reading     nothing; numpy, pyarrow, python_calamine: it knows bytes and cells, not our columns
    indicators  nothing; igraph, numpy, pandas: tables in, numbers out; no files, no screen
    charts      nothing; pandas: tables in, Plotly figures out
    exports     nothing; pandas: tables that leave
    demo        nothing; numpy: it writes files like anybody else's
    dictionary  models, reading; nothing: the data dictionary and the templates
    ingest      models, reading, settings, texts; numpy, pyarrow, pydantic, pydantic_core: it never sees the database
    store       models; duckdb, filelock, pandas, pyarrow: the only module that knows there is a database
    sharing     settings, store, texts; argon2, filelock, pydantic: shared links and secrets
    access      settings, sharing, store; itsdangerous: who is asking and what they may, decided once
    hub         audit, demo, indicators, ingest, models, settings, sharing, store; pandas, pyarrow: a few lines each
                that join the parts
    inbox       exports, hub, ingest, models, reading, settings, store, texts; filelock, pandas, pyarrow, watchfiles:
                a folder instead of a page
    server      access, audit, settings, sharing, store, texts; authlib, itsdangerous, jinja2, limits, starlette,
                streamlit: every request passes its gate before Streamlit
    ui          access, audit, charts, exports, hub, indicators, methods, models, settings, sharing, store, texts;
                pandas, plotly, streamlit: what pages share
    __main__    audit, demo, dictionary, hub, indicators, ingest, methods, models, settings, sharing, store, texts;
                nothing: the commands
"""
