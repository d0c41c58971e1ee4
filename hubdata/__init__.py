"""Everything of the dashboard without a screen (and `ui`, what pages share).

Data flows one way: a drop -> `reading` -> `ingest` -> `store.publish` -> a snapshot, read-only for ever -> the views in
`store/sql/` -> `indicators` -> `charts` -> `pages/`. `hub` joins the parts for whoever asks: commands, pages, server,
inbox.

Who may import what (checked by `tests/test_architecture.py`), and why:

    models      pydantic, pyarrow; nothing of ours: a column is described once and known everywhere
    settings    pydantic; nothing of ours
    reading     numpy, pyarrow, python_calamine: it knows bytes and cells, not our columns
    texts       babel: the one place where words, numbers and dates are put into a language
    methods     texts: what each figure means, for readers
    dictionary  models, reading: the data dictionary and the templates
    ingest      models, settings, reading, texts; numpy, pyarrow, pydantic: it never sees the database
    store       models; duckdb, pandas, pyarrow, filelock: a room that alone knows there is a database; its door says
                what is where
    demo        numpy, pandas: it writes files like anybody else's
    indicators  numpy, pandas, igraph: tables in, numbers out; no files, no screen
    charts      pandas: tables in, Plotly figures out
    exports     pandas: tables that leave
    audit       nothing: who did what, when
    sharing     settings, store, texts; argon2, filelock, pydantic: shared links and secrets
    access      settings, sharing, store; itsdangerous: who is asking and what he may, decided once
    door        texts; starlette: the pages that strangers get
    gate        access, audit, door, settings, sharing, texts; starlette, streamlit, limits, itsdangerous: every
                request passes it before Streamlit
    hub         audit, models, ingest, sharing, store, indicators, settings, demo; pandas, pyarrow: a few lines each
                that join them
    inbox       hub, ingest, models, reading, store, settings, exports, texts; filelock, pandas, pyarrow, watchfiles:
                a folder instead of a page
    ui          all of these but ingest, reading, inbox, demo and dictionary; streamlit: what pages share
    __main__    everything: the commands
"""
