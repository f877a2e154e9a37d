"""What one tick leaves in a live graph: the same tests on a real Neo4j and on the embedded server."""

# ruff: noqa: D102 - the name of a test says its behaviour, in a class as well

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from snapgraph.adapters.livegraph import open_live_graph
from snapgraph.errors import LiveGraphUnavailableError
from snapgraph.model.metrics import DEFAULT_METRICS
from snapgraph.model.observations import EdgeWrite, GraphTick, NodeReference, NodeWrite

NOW = datetime(2026, 1, 6, 14, 0, tzinfo=UTC)
DAY = 24 * 3600.0
SHOP = NodeReference("Database", "shop")
HOSTILE = "o'`rders\") DETACH DELETE n //"


def table(name):
    return NodeReference("Table", name)


def edge(source, target, value, **properties):
    return EdgeWrite(
        source=source,
        target=target,
        properties={"value": value, "timestamp": NOW.timestamp(), "updated_at": NOW.timestamp(), **properties},
    )


def node(reference, **properties):
    return NodeWrite(node=reference, properties=properties if reference == SHOP else {"database": "shop"} | properties)


def tick_of(*names, edges=None, **changes):
    nodes = (node(SHOP, queries_per_sec=6.0), *(node(table(name), indexes=["a", "b"]) for name in names))
    return GraphTick(taken_at=NOW, database="shop", nodes=nodes, edges=edges or {}, **changes)


def all_types(value):
    """One relationship of each of the seven types."""
    pair = {type_: (edge(table("users"), table("orders"), value),) for type_ in DEFAULT_METRICS}
    return pair | {"ERROR_RATE": (edge(SHOP, SHOP, value),)}


class Writing:
    """What holds on every server."""

    @pytest.fixture
    def live_graph(self, server):
        """The live graph, open."""
        with open_live_graph(
            server.uri, username=server.username, password=server.password, database=server.database
        ) as opened:
            yield opened

    def test_a_tick_is_there_with_all_its_types_and_properties(self, server, live_graph):
        live_graph.write(tick_of("users", "orders", edges=all_types(1.5)))

        found = server.run("MATCH (a)-[r]->(b) RETURN type(r) AS type, a.name AS a, b.name AS b, properties(r) AS p")
        assert {(row["type"], row["a"], row["b"]) for row in found} == {
            ("ERROR_RATE", "shop", "shop"),
            *((type_, "users", "orders") for type_ in DEFAULT_METRICS if type_ != "ERROR_RATE"),
        }
        assert [row["p"]["value"] for row in found] == [1.5] * 7
        assert server.run("MATCH (n:Table {name: 'users'}) RETURN properties(n) AS p") == [
            {"p": {"name": "users", "database": "shop", "indexes": ["a", "b"]}}
        ]

    def test_later_ticks_change_relationships_and_never_make_them_anew(self, server, live_graph):
        ids = "MATCH ()-[r]->() RETURN id(r) AS id ORDER BY id"
        live_graph.write(tick_of("users", "orders", edges=all_types(1.0)))
        before = server.run(ids)
        live_graph.write(tick_of("users", "orders", edges=all_types(2.0)))

        assert server.run(ids) == before
        assert server.run("MATCH ()-[r]->() RETURN DISTINCT r.value AS value") == [{"value": 2.0}]
        assert server.run("MATCH (n) RETURN count(n) AS n") == [{"n": 3}]

    def test_what_others_wrote_stays(self, server, live_graph):
        server.run(
            "CREATE (u:Table {name: 'users', owner: 'ann'})-[:FEEDS {weight: 3}]->(:Report {name: 'daily'}),"
            " (:Table {name: 'elsewhere', database: 'other'}), (:Table {name: 'by hand'})"
        )
        live_graph.write(tick_of("users", sweep_before=NOW.timestamp()))

        assert server.run("MATCH (n) RETURN n.name AS name ORDER BY name") == [
            {"name": name} for name in ("by hand", "daily", "elsewhere", "shop", "users")
        ]
        assert server.run("MATCH (n {name: 'users'})-[r:FEEDS]->() RETURN n.owner AS o, r.weight AS w") == [
            {"o": "ann", "w": 3}
        ]

    def test_a_property_that_is_none_is_removed(self, server, live_graph):
        live_graph.write(tick_of("users"))
        live_graph.write(replace(tick_of(), nodes=(node(SHOP), node(table("users"), indexes=None))))

        assert server.run("MATCH (n:Table) RETURN properties(n) AS p") == [{"p": {"name": "users", "database": "shop"}}]

    def test_a_table_that_is_gone_goes_with_its_relationships(self, server, live_graph):
        live_graph.write(tick_of("users", "orders", edges=all_types(1.0)))
        live_graph.write(tick_of("users"))

        assert server.run("MATCH (n) RETURN n.name AS name ORDER BY name") == [{"name": "shop"}, {"name": "users"}]
        assert server.run("MATCH ()-[r]->() RETURN type(r) AS type") == [{"type": "ERROR_RATE"}]

    def test_forgotten_relationships_go_and_the_others_of_the_pair_stay(self, server, live_graph):
        live_graph.write(tick_of("users", "orders", edges=all_types(1.0)))
        gone = EdgeWrite(source=table("users"), target=table("orders"))
        live_graph.write(tick_of("users", "orders", forgotten={"LOAD_FACTOR": (gone,)}))

        left = {row["type"] for row in server.run("MATCH ()-[r]->() RETURN type(r) AS type")}
        assert left == set(DEFAULT_METRICS) - {"LOAD_FACTOR"}

    def test_a_sweep_deletes_what_an_earlier_run_left(self, server, live_graph):
        old = {"LOAD_FACTOR": (edge(table("users"), table("orders"), 1.0, updated_at=NOW.timestamp() - DAY - 1),)}
        live_graph.write(tick_of("users", "orders", edges=all_types(1.0) | old))
        live_graph.write(tick_of("users", "orders", sweep_before=NOW.timestamp() - DAY))

        left = {row["type"] for row in server.run("MATCH ()-[r]->() RETURN type(r) AS type")}
        assert left == set(DEFAULT_METRICS) - {"LOAD_FACTOR"}

    def test_a_name_that_tries_to_be_code_is_only_a_name(self, server, live_graph):
        loop = {"QUERIES_PER_SEC": (edge(table(HOSTILE), table(HOSTILE), 1.0),)}
        live_graph.write(tick_of(HOSTILE, edges=loop))

        assert server.run("MATCH (a)-[r]->(a) RETURN a.name AS name") == [{"name": HOSTILE}]


class TestOnNeo4j(Writing):
    """A real Neo4j."""

    @pytest.fixture
    def server(self, clean_neo4j):
        """Without data."""
        return clean_neo4j

    def test_tables_are_found_by_an_index(self, server, live_graph):
        live_graph.write(tick_of("users", sweep_before=0.0))
        live_graph.write(tick_of("users", sweep_before=0.0))

        listed = "SHOW INDEXES YIELD labelsOrTypes AS l, properties AS p, type WHERE type = 'RANGE' RETURN l, p"
        assert server.run(listed) == [{"l": ["Table"], "p": ["name"]}]

    def test_a_tick_that_fails_leaves_nothing(self, server, live_graph):
        unfit = {"LOAD_FACTOR": (edge(table("users"), table("users"), {"not": "a property"}),)}
        with pytest.raises(LiveGraphUnavailableError, match="TypeError"):
            live_graph.write(tick_of("users", edges=unfit))

        assert server.run("MATCH (n) RETURN n") == []


class TestOnTheEmbeddedServer(Writing):
    """ArcadeDB."""

    @pytest.fixture
    def server(self, clean_bolt):
        """Without data."""
        return clean_bolt


def test_a_server_that_is_away_is_said_to_be():
    with (
        open_live_graph("bolt://127.0.0.1:1", username="neo4j", password="hunter2", database="neo4j") as nowhere,  # noqa: S106 - made up
        pytest.raises(LiveGraphUnavailableError) as away,
    ):
        nowhere.write(tick_of("users"))

    assert "hunter2" not in str(away.value)
