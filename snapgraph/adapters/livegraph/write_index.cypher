CREATE INDEX snapgraph_table_name IF NOT EXISTS FOR (n:Table) ON (n.name)
