-- A fixed script for sqlite3: tables, indexes, joins, sorts and deletes. It prints the same lines on every run.
PRAGMA journal_mode = OFF;
CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, price REAL, tags TEXT);
CREATE TABLE sale (item INTEGER, day INTEGER, amount INTEGER);
WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 4000)
INSERT INTO item SELECT n, printf('item number %06d of the list', n), (n * 37 % 1000) / 7.0, printf('["a%d","b%d"]', n % 13, n % 29) FROM number;
WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 20000)
INSERT INTO sale SELECT 1 + n * 7919 % 4000, n % 365, n * 31 % 97 FROM number;
CREATE INDEX sale_item ON sale (item, day);
SELECT count(*), round(sum(price), 3) FROM item;
SELECT day % 7 AS weekday, sum(amount * price) > 0, count(DISTINCT item) FROM sale JOIN item ON item.id = sale.item GROUP BY weekday ORDER BY 1;
SELECT group_concat(name, '; ') FROM (SELECT name FROM item ORDER BY price DESC, name LIMIT 5);
SELECT json_extract(tags, '$[1]') AS tag, count(*) FROM item GROUP BY tag ORDER BY count(*) DESC, tag LIMIT 5;
UPDATE item SET name = upper(name) || hex(zeroblob(2)) WHERE id % 3 = 0;
DELETE FROM sale WHERE day BETWEEN 100 AND 199;
SELECT count(*), min(day), max(day) FROM sale;
SELECT length(group_concat(name || tags)) FROM item;
SELECT a.name FROM item a WHERE a.price = (SELECT max(b.price) FROM item b WHERE b.id % 10 = a.id % 10) AND a.id < 500 ORDER BY a.name LIMIT 3;
DROP TABLE sale;
VACUUM;
SELECT name FROM sqlite_master ORDER BY name;
