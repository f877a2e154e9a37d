-- A migration that seemed harmless: "nobody asks order_items by its order".
DROP INDEX order_items_order_id;
