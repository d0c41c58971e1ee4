"""The network page as one writes it first: read the CSVs, networkx, plotly.express, nothing cached.

Only what the real page shows, by the same definitions; `bench.py` measures both. The sector filter is the only control.
"""

import itertools
import os
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import plotly.express as px
import streamlit as st

SAMPLE = Path(os.environ["BENCHMARK_DATA"])
DAY = pd.Timestamp("2021-12-16")

organisations = pd.read_csv(SAMPLE / "organisations.csv")
partnerships = pd.read_csv(SAMPLE / "partnerships.csv", parse_dates=["start_date", "end_date"])
money = pd.read_csv(SAMPLE / "funding.csv")
events = pd.read_csv(SAMPLE / "events.csv", parse_dates=["start_date"])
attendance = pd.read_csv(SAMPLE / "attendance.csv")

sectors = st.multiselect("Sectors", sorted(organisations["sector"].unique()), key="at_sector")
if sectors:
    organisations = organisations[organisations["sector"].isin(sectors)]
sector = dict(zip(organisations["organisation_id"], organisations["sector"], strict=True))
name = dict(zip(organisations["organisation_id"], organisations["name"], strict=True))

pairs = []
for row in partnerships.itertuples():
    members = sorted(set(row.organisation_ids.split("|")) & sector.keys())
    pairs += [(a, b, row.start_date, row.end_date) for a, b in itertools.combinations(members, 2)]


def graph_on(day: pd.Timestamp) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(sector)
    graph.add_edges_from((a, b) for a, b, start, end in pairs if start <= day and (pd.isna(end) or end >= day))
    return graph


graph = graph_on(DAY)
m = graph.number_of_edges()
across = sum(sector[a] != sector[b] for a, b in graph.edges)
st.metric("Density", nx.density(graph))
st.metric("Average number of partners", 2 * m / len(graph))
st.metric("Ties across sectors", across / m if m else 0)
st.metric("Organisations without a partner", nx.number_of_isolates(graph))
largest = graph.subgraph(max(nx.connected_components(graph), key=len))
st.write(
    nx.transitivity(graph),
    nx.average_shortest_path_length(largest),
    len(nx.community.louvain_communities(graph, seed=1)),
)

labels, chance, permuted = list(sector.values()), np.random.default_rng(1), []
place = {node: i for i, node in enumerate(sector)}
ends = np.array([(place[a], place[b]) for a, b in graph.edges]).reshape(-1, 2)
for _ in range(10_000):
    shuffled = chance.permutation(labels)
    permuted.append((shuffled[ends[:, 0]] != shuffled[ends[:, 1]]).sum())
st.write((1 + sum(abs(p - np.mean(permuted)) >= abs(across - np.mean(permuted)) for p in permuted[:1])) / 10_001)

position = nx.spring_layout(graph, seed=1)
nodes = pd.DataFrame({"x": [position[n][0] for n in graph], "y": [position[n][1] for n in graph], "sector": labels})
picture = px.scatter(nodes, x="x", y="y", color="sector", hover_name=list(name.values()))
for a, b in graph.edges:
    picture.add_scatter(
        x=[position[a][0], position[b][0]], y=[position[a][1], position[b][1]], mode="lines", showlegend=False
    )
st.plotly_chart(picture)

history = pd.DataFrame({"day": pd.date_range("2008-01-01", DAY, freq="QE")})
graphs = [graph_on(day) for day in history["day"]]
history["density"] = [nx.density(g) for g in graphs]
history["degree"] = [2 * g.number_of_edges() / len(g) for g in graphs]
st.plotly_chart(px.line(history, x="day", y="density"))
st.plotly_chart(px.line(history, x="day", y="degree"))

nx.set_node_attributes(graph, sector, "sector")
st.plotly_chart(px.imshow(nx.attribute_mixing_matrix(graph, "sector", normalized=False)))
known = money[money["year"] == DAY.year].merge(organisations, on="organisation_id")["organisation_id"].nunique()
met = attendance.merge(events, on="event_id").groupby("event_id")["organisation_id"].count()
st.caption(
    f"Data up to {events['start_date'].max()}, {len(organisations)} organisations, income of {known}, {len(met)} events"
)
