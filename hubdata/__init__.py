"""Everything of the dashboard without a screen (and `ui`, what pages share).

Data flows one way: a drop -> `reading` -> `ingest` -> `store.publish` -> a snapshot, read-only for ever -> the views in
`store/sql/` -> `indicators` -> `charts` -> `pages/`. `questions`, `loading` and
`notebook` join the parts for whoever asks: commands, pages, server, inbox.

Who may import what (checked by `tests/test_architecture.py`), and why:

    cells       pydantic; nothing of ours: how a cell of a kind is read (numbers, dates, lists, texts)
    models      cells; pydantic, pyarrow: a column is described once and known everywhere
    settings    pydantic; nothing of ours
    reading     cells; numpy, pyarrow, python_calamine: it knows bytes and cells, not our columns
    texts       babel: the one place where words, numbers and dates are put into a language
    methods     texts: what each figure means, for readers
    page_list   texts: every page once, with who may have it
    dictionary  models, reading: the data dictionary and the templates
    ingest      cells, models, settings, reading, texts; numpy, pyarrow, pydantic: it never sees the database
    store       models; duckdb, pandas, pyarrow, filelock: the only module that knows there is a database
    demo        numpy, pandas: it writes files like anybody else's
    indicators  numpy, pandas, igraph: tables in, numbers out; no files, no screen
    charts      pandas: tables in, Plotly figures out
    exports     cells; pandas: tables that leave
    audit       nothing: who did what, when
    sharing     page_list, settings, store, texts; argon2, filelock, pydantic: shared links and secrets
    access      page_list, settings, sharing, store; itsdangerous: who is asking and what he may, decided once
    server      access, audit, settings, sharing, texts; starlette, streamlit, limits, itsdangerous: every request
                passes its gate before Streamlit
    questions   indicators, models, settings, store; pandas: what pages and commands ask of a snapshot, a few lines each
    loading     audit, demo, indicators, ingest, models, questions, settings, sharing, store; pyarrow: a drop is
                prepared, published, gone back from
    notebook    ingest, store: notes and decisions, kept whatever is loaded
    inbox       cells, loading, ingest, reading, store, settings, texts; filelock, pyarrow, watchfiles: a
                folder instead of a page
    ui          all of these but ingest, reading, inbox, demo and dictionary; streamlit: what pages share
    __main__    everything: the commands
"""
