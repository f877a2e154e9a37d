-- What the shop asks all day. Each statement is named by the comment above it.

-- name: find_user
SELECT id, name FROM users WHERE email = %(email)s

-- name: user_orders
SELECT o.id, o.status, o.placed_at
FROM users u JOIN orders o ON o.user_id = u.id
WHERE u.id = %(user_id)s
ORDER BY o.placed_at DESC
LIMIT 10

-- name: order_contents
SELECT i.product_id, i.quantity, i.price
FROM orders o JOIN order_items i ON i.order_id = o.id
WHERE o.id = %(order_id)s

-- name: product_stock
SELECT p.name, p.price, v.stock
FROM products p JOIN inventory v ON v.product_id = p.id
WHERE p.id = %(product_id)s

-- name: order_payments
SELECT p.amount, p.method, p.paid_at
FROM orders o JOIN payments p ON p.order_id = o.id
WHERE o.id = %(order_id)s

-- name: item_product
SELECT i.quantity, p.sku, p.name
FROM order_items i JOIN products p ON p.id = i.product_id
WHERE i.id = %(item_id)s

-- name: revenue
SELECT count(*), sum(amount) FROM payments WHERE paid_at > now() - interval '10 minutes'

-- name: place_order
INSERT INTO orders (user_id, status) VALUES (%(user_id)s, 'placed') RETURNING id

-- name: add_item
INSERT INTO order_items (order_id, product_id, quantity, price)
VALUES (%(new_order_id)s, %(product_id)s, 1, 9.99)

-- name: take_from_stock
UPDATE inventory SET stock = stock - 1 WHERE product_id = %(product_id)s

-- name: pay
INSERT INTO payments (order_id, amount, method) VALUES (%(new_order_id)s, 9.99, 'card')

-- name: count_warehouse
UPDATE inventory SET counted_at = now() WHERE warehouse = %(warehouse)s
