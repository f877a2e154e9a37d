-- Report our own transactions now, so that they can be told apart: a session does so once a second at most.
SELECT /* snapgraph:observe */ pg_stat_force_next_flush()
