"""Statements as pg_stat_statements keeps them (PostgreSQL 15 to 18), and what they touch."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.engine.attribution.statements import shape_of
from snapgraph.model.observations import StatementKind, TableName

# text, kind, tables in the order of appearance, joins; a name outside any schema stands alone
SHAPES = [
    # one table
    ("SELECT * FROM users WHERE id = $1", "select", "users", ""),
    ('SELECT "users"."id" FROM "users" WHERE "users"."email" = $1 LIMIT $2', "select", "users", ""),
    ("SELECT count(*) FROM users WHERE id IN ($1 /*, ... */)", "select", "users", ""),
    ("SELECT count(*) FROM users WHERE id IN ($1,$2,$3,$4,$5,$6)", "select", "users", ""),
    ("SELECT * FROM users WHERE (tenant, id) IN (($1,$2),($3,$4),($5,$6))", "select", "users", ""),
    ("SELECT * FROM users WHERE id = ANY($1::int[]) ORDER BY id FETCH FIRST $2 ROWS ONLY", "select", "users", ""),
    ('SELECT * FROM sales."Order Items" WHERE id = $1 FOR UPDATE SKIP LOCKED', "select", "sales.Order Items", ""),
    ("SELECT * FROM Users u(a, b) WHERE u.a SIMILAR TO $1", "select", "users", ""),
    ("SELECT tags[$1:$2], data->>$3, data #>> $4 FROM users WHERE data @> $5 AND data ? $6", "select", "users", ""),
    ("SELECT now() - interval $1, date $2 FROM users WHERE seen < now() - $3::interval", "select", "users", ""),
    ("SELECT extract($1 from born), substring(name from $2 for $3) FROM users", "select", "users", ""),
    ("SELECT DISTINCT ON (city) city, rank() OVER (PARTITION BY city ORDER BY age) FROM users", "select", "users", ""),
    ("SELECT count(*) FILTER (WHERE age > $1) FROM users GROUP BY GROUPING SETS ((city), ())", "select", "users", ""),
    ("SELECT * FROM ONLY users TABLESAMPLE system($1)", "select", "users", ""),
    ("TABLE users", "select", "users", ""),
    ("select name from users where name = $1 -- find by name", "select", "users", ""),
    ("SELECT E'it\\'s $1', $2 FROM users WHERE note = $tag$ FROM orders $9 $tag$", "select", "users", ""),
    (
        'SELECT $2 FROM ONLY "public"."users" x WHERE "id" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x',
        "select",
        "public.users",
        "",
    ),
    # joins
    (
        "SELECT * FROM users u JOIN products p ON p.owner_id = u.id JOIN inventory i ON i.product_id = p.id",
        "select",
        "users products inventory",
        "users>products products>inventory",
    ),
    (
        "SELECT * FROM users u JOIN orders o ON o.user_id = u.id JOIN payments p ON p.user_id = u.id WHERE u.id = $1",
        "select",
        "users orders payments",
        "users>orders users>payments",
    ),
    (
        "SELECT * FROM users u, orders o, items i WHERE o.user_id = u.id AND i.order_id = o.id AND u.id = $1",
        "select",
        "users orders items",
        "users>orders orders>items",
    ),
    ("SELECT * FROM users NATURAL JOIN orders", "select", "users orders", "users>orders"),
    ("SELECT * FROM users CROSS JOIN orders", "select", "users orders", "users>orders"),
    (
        "SELECT * FROM users JOIN orders USING (user_id) LEFT JOIN items USING (order_id)",
        "select",
        "users orders items",
        "users>orders users>items",
    ),
    (
        "SELECT * FROM users u FULL OUTER JOIN orders o ON u.id = o.user_id AND o.state = $1",
        "select",
        "users orders",
        "users>orders",
    ),
    ("SELECT * FROM staff a JOIN staff b ON b.boss = a.id", "select", "staff", "staff>staff"),
    (
        "SELECT * FROM users u LEFT JOIN (orders o JOIN items i ON i.order_id = o.id) ON o.user_id = u.id",
        "select",
        "users orders items",
        "users>orders orders>items",
    ),
    (
        "SELECT * FROM (users u JOIN orders o ON o.user_id = u.id) JOIN items i ON i.order_id = o.id",
        "select",
        "users orders items",
        "users>orders orders>items",
    ),
    (
        'SELECT * FROM "Users" "U" JOIN "Orders" "O" ON "O"."user" = "U"."id"',
        "select",
        "Users Orders",
        "Users>Orders",
    ),
    (
        "SELECT * FROM public.users JOIN sales.orders ON public.users.id = sales.orders.user_id",
        "select",
        "public.users sales.orders",
        "public.users>sales.orders",
    ),
    # subqueries
    (
        "SELECT * FROM orders o WHERE o.user_id IN (SELECT id FROM users WHERE city = $1)",
        "select",
        "orders users",
        "orders>users",
    ),
    (
        ("SELECT * FROM users u JOIN orders o ON o.user_id = u.id "
        "WHERE NOT EXISTS (SELECT $1 FROM payments p WHERE p.order_id = o.id)"),
        "select",
        "users orders payments",
        "users>orders orders>payments",
    ),
    (
        "SELECT p.*, (SELECT count(*) FROM orders o WHERE o.user_id = u.id) FROM products p JOIN users u ON u.id = p.o",
        "select",
        "products users orders",
        "products>users users>orders",
    ),
    ("SELECT COALESCE((SELECT max(id) FROM orders), $1)", "select", "orders", ""),
    (
        "SELECT * FROM (SELECT user_id, sum(total) FROM orders GROUP BY 1) s JOIN users u ON u.id = s.user_id",
        "select",
        "orders users",
        "orders>users",
    ),
    (
        "SELECT * FROM users u LEFT JOIN LATERAL (SELECT * FROM orders o WHERE o.user_id = u.id LIMIT $1) l ON $2",
        "select",
        "users orders",
        "users>orders",
    ),
    (
        "SELECT * FROM users u, LATERAL (SELECT * FROM orders o WHERE o.user_id = u.id) l",
        "select",
        "users orders",
        "users>orders",
    ),
    # common tables
    (
        ("WITH late AS (SELECT * FROM orders o JOIN items i ON i.order_id = o.id WHERE o.due < $1) "
        "SELECT * FROM users u JOIN late l ON l.user_id = u.id"),
        "select",
        "orders items users",
        "orders>items users>orders",
    ),
    (
        ("WITH RECURSIVE tree AS (SELECT id FROM categories WHERE id = $1 UNION ALL "
        "SELECT c.id FROM categories c JOIN tree t ON c.parent = t.id) SELECT * FROM tree"),
        "select",
        "categories",
        "categories>categories",
    ),
    ("WITH x AS MATERIALIZED (SELECT * FROM users) SELECT * FROM x a JOIN x b ON a.id = b.id", "select", "users",
     "users>users"),
    (
        "WITH moved AS (DELETE FROM jobs WHERE done RETURNING *) INSERT INTO archive SELECT * FROM moved",
        "insert",
        "jobs archive",
        "archive>jobs",
    ),
    # side by side
    ("SELECT id FROM users UNION ALL SELECT id FROM admins", "select", "users admins", ""),
    ("(SELECT id FROM users) EXCEPT (SELECT user_id FROM orders) ORDER BY $1", "select", "users orders", ""),
    # functions in FROM
    ("SELECT * FROM generate_series($1, $2) g", "select", "", ""),
    ("SELECT * FROM unnest($1::int[]) AS i(id) JOIN users u ON u.id = i.id", "select", "users", ""),
    ("SELECT * FROM users u, unnest(u.tags) WITH ORDINALITY AS t(tag, n)", "select", "users", ""),
    ("SELECT * FROM jsonb_to_recordset($1) AS x(a int, b text) JOIN users u ON u.id = x.a", "select", "users", ""),
    ("SELECT * FROM JSON_TABLE($1::jsonb, $2 COLUMNS (id int PATH $3)) j JOIN users u ON u.id = j.id", "select",
     "users", ""),
    ("SELECT * FROM (VALUES ($1,$2),($3,$4)) v(a, b) JOIN users u ON u.id = v.a", "select", "users", ""),
    ("VALUES ($1,$2),($3,$4)", "select", "", ""),
    ("SELECT nextval($1)", "select", "", ""),
    ("SELECT $1", "select", "", ""),
    # writing
    ("INSERT INTO users (id, name) VALUES ($1,$2) RETURNING id", "insert", "users", ""),
    ("INSERT INTO users (id, name) VALUES ($1,$2), ($3,$4), ($5,$6) ON CONFLICT DO NOTHING", "insert", "users", ""),
    ("INSERT INTO users AS u (id) OVERRIDING SYSTEM VALUE VALUES ($1)", "insert", "users", ""),
    (
        ("INSERT INTO totals (id, n) SELECT user_id, count(*) FROM orders GROUP BY user_id "
        "ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n WHERE totals.n < EXCLUDED.n"),
        "insert",
        "totals orders",
        "totals>orders",
    ),
    ("INSERT INTO users DEFAULT VALUES", "insert", "users", ""),
    ("UPDATE users SET name = $1, seen = now() WHERE id = $2", "update", "users", ""),
    ("UPDATE users SET (a, b) = (SELECT x, y FROM stats s WHERE s.id = users.id)", "update", "users stats",
     "users>stats"),
    (
        ("UPDATE inventory i SET stock = i.stock - oi.n FROM order_items oi JOIN orders o ON o.id = oi.order_id "
        "WHERE oi.product_id = i.product_id AND o.id = $1"),
        "update",
        "inventory order_items orders",
        "inventory>order_items order_items>orders",
    ),
    ("UPDATE ONLY users SET name = $1 WHERE CURRENT OF my_cursor", "update", "users", ""),
    ("DELETE FROM sessions WHERE expires < now() - $1::interval", "delete", "sessions", ""),
    ("DELETE FROM items i USING orders o WHERE o.id = i.order_id AND o.state = $1", "delete", "items orders",
     "items>orders"),
    (
        "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING *",
        "delete",
        "jobs",
        "jobs>jobs",
    ),
    (
        ("MERGE INTO stock s USING (SELECT * FROM deliveries WHERE day = $1) d ON s.id = d.id "
        "WHEN MATCHED THEN UPDATE SET n = s.n + d.n WHEN NOT MATCHED THEN INSERT (id, n) VALUES (d.id, d.n)"),
        "merge",
        "stock deliveries",
        "stock>deliveries",
    ),
    ("CREATE TABLE copy_of_users AS SELECT * FROM users", "utility", "copy_of_users users", "copy_of_users>users"),
    ("SELECT * INTO backup FROM users", "select", "backup users", "backup>users"),
    # wrapped
    ("PREPARE q(int) AS SELECT * FROM users WHERE id = $1", "select", "users", ""),
    ("EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM users u JOIN orders o ON o.u = u.id", "select", "users orders",
     "users>orders"),
    ("EXPLAIN SELECT * FROM users", "session", "", ""),
    ("DECLARE c CURSOR WITH HOLD FOR SELECT * FROM users", "select", "users", ""),
    ("COPY (SELECT * FROM users) TO STDOUT", "select", "users", ""),
    # no queries
    ("COPY users (id, name) FROM STDIN WITH (FORMAT csv)", "copy", "users", ""),
    ('COPY "public"."users" TO STDOUT', "copy", "public.users", ""),
    ("VACUUM (VERBOSE, ANALYZE) users", "utility", "users", ""),
    ("VACUUM FULL ANALYZE public.users (a, b), orders", "utility", "public.users orders", ""),
    ("ANALYZE", "utility", "", ""),
    ("TRUNCATE TABLE ONLY users, orders RESTART IDENTITY CASCADE", "utility", "users orders", ""),
    ("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE", "utility", "orders", ""),
    ("ALTER TABLE IF EXISTS ONLY sales.orders ADD COLUMN note text", "utility", "sales.orders", ""),
    ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS x ON public.orders USING btree (a)", "utility", "public.orders",
     ""),
    ("CREATE INDEX ON orders (user_id)", "utility", "orders", ""),
    ("REFRESH MATERIALIZED VIEW CONCURRENTLY daily", "utility", "daily", ""),
    ("REINDEX (VERBOSE) TABLE CONCURRENTLY orders", "utility", "orders", ""),
    ("DROP TABLE IF EXISTS a, b CASCADE", "utility", "a b", ""),
    ("CALL nightly($1)", "utility", "", ""),
    ("DO $$ begin delete from users where id = 1; end $$", "utility", "", ""),
    ("FETCH 100 FROM c", "utility", "", ""),
    ("BEGIN", "session", "", ""),
    ("COMMIT", "session", "", ""),
    ("ROLLBACK TO SAVEPOINT s", "session", "", ""),
    ("SET work_mem = $1", "session", "", ""),
    ("DISCARD ALL", "session", "", ""),
    ("DEALLOCATE $1", "session", "", ""),
]  # fmt: skip


def names(text):
    return [TableName(*name.split(".", 1)) if "." in name else TableName(None, name) for name in text]


@pytest.mark.parametrize(("text", "kind", "tables", "joins"), SHAPES, ids=[shape[0][:60] for shape in SHAPES])
def test_a_statement_gives_its_tables_and_joins(text, kind, tables, joins):
    listed = tables.split() if '"Order Items"' not in text else [tables]

    shape = shape_of(text)

    assert shape.kind == kind
    assert list(shape.tables) == names(listed)
    assert [tuple(join) for join in shape.joins] == [tuple(names(join.split(">"))) for join in joins.split()]


def test_there_are_at_least_sixty_real_shapes():
    assert len({text for text, *_ in SHAPES}) >= 60


@pytest.mark.parametrize(
    "text",
    [
        "",
        ";",
        "<insufficient privilege>",
        "not a statement at all",
        "SELECT * FROM",
        "SELECT f(VARIADIC a => $1) FROM t",
        "(" * 5_000,
        "SELECT " + "(" * 3_000 + "1" + ")" * 3_000,
        "SELECT " + "x" * 30_000 + " FROM users",
    ],
    ids=lambda text: text[:20] or "empty",
)
def test_what_is_not_understood_is_counted_and_never_raises(text):
    assert shape_of(text).kind is StatementKind.UNPARSED


def test_ten_thousand_placeholders_are_one():
    listed = ",".join(f"${number}" for number in range(1, 3_000))

    assert shape_of(f"SELECT * FROM users WHERE id IN ({listed})").tables == (TableName(None, "users"),)


def test_our_own_statements_are_told_by_their_mark():
    own = shape_of("SELECT /* snapgraph:observe */ calls FROM public.pg_stat_statements($1)")
    other = shape_of("SELECT calls FROM public.pg_stat_statements($1)")

    assert own.is_own
    assert not other.is_own


@given(st.text(max_size=200))
def test_no_text_makes_it_fail(text):
    shape_of(text)


@given(st.lists(st.sampled_from(["SELECT", "FROM", "users", "JOIN", "(", ")", "$1", ",", "WITH", "AS", "ON", "'", "$$",
                                 "WHERE", "IN", "UPDATE", "SET", "=", "LATERAL", "INSERT", "INTO", '"', "/*", "--"]),
                max_size=30))  # fmt: skip
def test_no_jumble_of_words_makes_it_fail(words):
    shape_of(" ".join(words))
