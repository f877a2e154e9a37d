DROP VIEW grafana_bottlenecks, grafana_snapshots;
DROP TABLE saved_view, node_layout, feed_tick, feed;
ALTER TABLE snapshot DROP COLUMN change_magnitude;
