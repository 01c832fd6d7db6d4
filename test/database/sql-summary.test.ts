import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSqlSummaryCache, summarizeSql } from '../../src/database/sql-summary.js';
import { SQL_READ_LIMIT, SqlTokens } from '../../src/database/sql-tokens.js';

type Case = readonly [sql: string, operation: string, table: string];

/** Every one of these parses on PostgreSQL 18 (PGlite). */
const POSTGRES: readonly Case[] = [
  // As ORMs and query builders write them: Prisma, Drizzle, TypeORM, Sequelize, Knex, node-pg-migrate.
  [
    'SELECT "public"."User"."id", "public"."User"."email" FROM "public"."User" WHERE ("public"."User"."email" = $1 AND 1=1) LIMIT $2 OFFSET $3',
    'select',
    'public.User',
  ],
  [
    'INSERT INTO "public"."Post" ("title","authorId") VALUES ($1,$2) RETURNING "public"."Post"."id"',
    'insert',
    'public.Post',
  ],
  ['UPDATE "public"."User" SET "name" = $1 WHERE ("public"."User"."id" = $2 AND 1=1)', 'update', 'public.User'],
  ['DELETE FROM "public"."User" WHERE ("public"."User"."id" = $1 AND 1=1)', 'delete', 'public.User'],
  [
    'SELECT COUNT(*) FROM (SELECT "public"."User"."id" FROM "public"."User" WHERE 1=1 OFFSET $1) AS "sub"',
    'select',
    'public.User',
  ],
  [
    'SELECT "t0"."id", "User_posts"."__prisma_data__" AS "posts" FROM "public"."User" AS "t0" LEFT JOIN LATERAL (SELECT COALESCE(JSONB_AGG("__prisma_data__"), \'[]\') AS "__prisma_data__" FROM (SELECT JSONB_BUILD_OBJECT(\'id\', "t1"."id") AS "__prisma_data__" FROM "public"."Post" AS "t1" WHERE "t0"."id" = "t1"."authorId") AS "t2") AS "User_posts" ON true',
    'select',
    'public.User',
  ],
  ['select "id", "name" from "users" where "users"."id" = $1 limit $2', 'select', 'users'],
  [
    'select "users"."id", "users_posts"."data" as "posts" from "users" "users" left join lateral (select coalesce(json_agg(json_build_array("users_posts"."id")), \'[]\'::json) as "data" from "posts" "users_posts" where "users_posts"."author_id" = "users"."id") "users_posts" on true',
    'select',
    'users',
  ],
  [
    'insert into "users" ("id", "name") values (default, $1) on conflict ("id") do update set "name" = $2 returning "id"',
    'insert',
    'users',
  ],
  [
    'with "sq" as (select "id" from "mySchema"."users" where "id" = $1) select "id" from "sq"',
    'select',
    'mySchema.users',
  ],
  [
    'SELECT "User"."id" AS "User_id", "User"."name" AS "User_name" FROM "user" "User" LEFT JOIN "photo" "Photo" ON "Photo"."userId"="User"."id" WHERE "User"."id" IN ($1, $2)',
    'select',
    'user',
  ],
  [
    'SELECT DISTINCT "distinctAlias"."User_id" AS "ids_User_id" FROM (SELECT "User"."id" AS "User_id" FROM "user" "User") "distinctAlias" ORDER BY "User_id" ASC LIMIT 1',
    'select',
    'user',
  ],
  ['INSERT INTO "user"("id", "name") VALUES (DEFAULT, $1) RETURNING "id"', 'insert', 'user'],
  [
    'SELECT "id", "createdAt" FROM "Users" AS "User" WHERE "User"."email" = \'a@b.c from secrets\' LIMIT 1;',
    'select',
    'Users',
  ],
  [
    'INSERT INTO "Users" ("id","name") VALUES (DEFAULT,$1) RETURNING "id","name"; -- from audit',
    'insert',
    'Users',
  ],
  ['SELECT count(*) AS "count" FROM "app"."Users" AS "User";', 'select', 'app.Users'],
  ['select * from "users" where "id" in (select "user_id" from "orders") order by "id" asc', 'select', 'users'],
  ['select count(*) from (select distinct "email" from "accounts") as "t"', 'select', 'accounts'],
  ['update "accounts" set "balance" = "balance" - $1 where "id" = $2 returning *', 'update', 'accounts'],
  ['select exists(select 1 from "sessions" where "sid" = $1)', 'select', 'sessions'],
  ["SELECT * FROM orders /*traceparent='00-0af7-b7ad-01',route='%2Ffrom secrets'*/", 'select', 'orders'],

  // Names.
  ['select * from Users', 'select', 'users'],
  ['SELECT * FROM Public.Users', 'select', 'public.users'],
  ['SELECT * FROM shop.public.users', 'select', 'public.users'],
  ['SELECT * FROM "Mixed Case"."the ""best"" table"', 'select', 'Mixed Case.the "best" table'],
  ['SELECT * FROM public . "users"', 'select', 'public.users'],
  ['SELECT * FROM größe', 'select', 'größe'],
  ['SELECT * FROM a$b', 'select', 'a$b'],
  ['SELECT t.limit, t."from", t.from, t.select FROM t', 'select', 't'],
  ['SELECT * FROM U&"d\\0061ta"', 'select', 'other'],
  ['SELECT * FROM"users"WHERE"id"=1', 'select', 'users'],
  ['TABLE users', 'select', 'users'],

  // FROM and what only looks like it.
  ['SELECT EXTRACT(year FROM created_at) FROM logs', 'select', 'logs'],
  ["SELECT EXTRACT(epoch FROM now() - interval '1 day')", 'select', 'other'],
  ["SELECT substring(name FROM 1 FOR 3), trim(both 'x' from name), overlay(name placing 'y' from 2) FROM people", 'select', 'people'],
  ['SELECT a IS DISTINCT FROM b, a IS NOT DISTINCT FROM c FROM pairs', 'select', 'pairs'],
  ['SELECT * FROM generate_series(1, 10) AS n', 'select', 'other'],
  ['SELECT * FROM pg_catalog.generate_series(1, 10) AS n JOIN users ON users.id = n', 'select', 'users'],
  ['SELECT * FROM ROWS FROM (generate_series(1, 2), generate_series(1, 3)) AS r', 'select', 'other'],
  ['SELECT * FROM unnest($1::int[]) AS wanted(id), items WHERE items.id = wanted.id', 'select', 'items'],
  ['SELECT * FROM users u, unnest(u.tags) AS tag', 'select', 'users'],
  ["SELECT * FROM (VALUES (1, 'from a'), (2, 'from b')) AS v(id, name)", 'select', 'other'],
  ['SELECT * FROM ONLY measurements', 'select', 'measurements'],
  ['SELECT * FROM ONLY (measurements)', 'select', 'measurements'],
  ['SELECT * FROM (orders o JOIN users u ON u.id = o.user_id)', 'select', 'orders'],
  ['SELECT * FROM ((orders CROSS JOIN users) NATURAL JOIN carts)', 'select', 'orders'],
  ['SELECT * FROM (SELECT * FROM (SELECT * FROM deep) a) b', 'select', 'deep'],
  ['SELECT * FROM users AS u LEFT OUTER JOIN orders USING (id)', 'select', 'users'],
  ['SELECT * FROM users TABLESAMPLE system (10)', 'select', 'users'],
  ['SELECT * FROM LATERAL (SELECT * FROM events) e', 'select', 'events'],
  ['SELECT (SELECT count(*) FROM orders) AS n, name FROM users', 'select', 'users'],
  ['SELECT (SELECT count(*) FROM orders) AS n', 'select', 'orders'],
  ['SELECT 1', 'select', 'other'],
  ['SELECT now()', 'select', 'other'],
  ['SELECT 1 UNION ALL SELECT id FROM users', 'select', 'users'],
  ['(SELECT id FROM users) UNION (SELECT id FROM orders)', 'select', 'users'],
  ['((SELECT 1)) UNION (SELECT id FROM orders)', 'select', 'orders'],
  ['SELECT * FROM ((SELECT id FROM users) UNION (SELECT id FROM orders)) AS both_of_them', 'select', 'users'],
  ['SELECT id INTO TEMP newcomers FROM users', 'select', 'users'],
  ['SELECT * FROM jobs ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1', 'select', 'jobs'],
  ["VALUES (1, 'from x')", 'select', 'other'],

  // CTEs.
  ['WITH recent AS (SELECT * FROM orders) SELECT * FROM recent', 'select', 'orders'],
  ['WITH a AS (SELECT * FROM t1), b AS (SELECT * FROM a) SELECT * FROM b JOIN t2 ON true', 'select', 't1'],
  ['WITH a (x, y) AS MATERIALIZED (SELECT 1, 2), b AS NOT MATERIALIZED (SELECT * FROM t2) SELECT * FROM a, b', 'select', 't2'],
  ['WITH users AS (SELECT * FROM users WHERE active) SELECT * FROM users', 'select', 'users'],
  [
    'WITH RECURSIVE tree AS (SELECT 1 AS id UNION ALL SELECT n.id FROM tree JOIN nodes n ON n.parent = tree.id) SELECT * FROM tree',
    'select',
    'nodes',
  ],
  [
    'WITH RECURSIVE t(id) AS (SELECT id FROM nodes UNION ALL SELECT n.id FROM nodes n, t) SEARCH DEPTH FIRST BY id SET ord CYCLE id SET looped USING path, s AS (SELECT * FROM t) SELECT * FROM s',
    'select',
    'nodes',
  ],
  ['WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT * FROM n', 'select', 'other'],
  ['WITH old AS (SELECT id FROM carts) UPDATE orders SET stale = true FROM old WHERE old.id = orders.id', 'update', 'orders'],
  ['WITH old AS (SELECT id FROM carts) DELETE FROM orders USING old WHERE old.id = orders.id', 'delete', 'orders'],
  ['WITH moved AS (DELETE FROM inbox RETURNING *) INSERT INTO archive SELECT * FROM moved', 'insert', 'archive'],
  ['WITH added AS (INSERT INTO inbox (id) VALUES (1) RETURNING id) SELECT id FROM added', 'select', 'inbox'],
  ['WITH a AS (SELECT 1) SELECT * FROM (WITH b AS (SELECT * FROM inner_table) SELECT * FROM b) x', 'select', 'inner_table'],
  ['WITH a AS (SELECT * FROM t1) SELECT * FROM public.a', 'select', 'public.a'],

  // Writing.
  ['INSERT INTO archive SELECT * FROM orders', 'insert', 'archive'],
  ['INSERT INTO archive AS a (id) WITH x AS (SELECT id FROM orders) SELECT id FROM x', 'insert', 'archive'],
  ['INSERT INTO logs DEFAULT VALUES', 'insert', 'logs'],
  ['UPDATE ONLY users SET name = $1', 'update', 'users'],
  ['UPDATE users AS u SET name = o.name FROM others o WHERE o.id = u.id', 'update', 'users'],
  ['UPDATE users SET (a, b) = (SELECT a, b FROM others)', 'update', 'users'],
  ["UPDATE docs SET body['a'] = '\"it]s\"', tags[1] = 'from x'", 'update', 'docs'],
  ['DELETE FROM ONLY users', 'delete', 'users'],
  ['DELETE FROM users u USING orders o WHERE o.user_id = u.id', 'delete', 'users'],
  ['MERGE INTO stock AS s USING deliveries d ON s.id = d.id WHEN MATCHED THEN UPDATE SET n = d.n', 'merge', 'stock'],
  ['TRUNCATE TABLE ONLY users, orders RESTART IDENTITY CASCADE', 'truncate', 'users'],
  ['TRUNCATE users', 'truncate', 'users'],
  ['COPY users (id, name) FROM STDIN', 'copy', 'users'],
  ['COPY (SELECT * FROM public.users) TO STDOUT WITH (FORMAT csv)', 'copy', 'public.users'],

  // Defining.
  ['CREATE TABLE IF NOT EXISTS app.users (id int PRIMARY KEY)', 'create', 'app.users'],
  ['CREATE UNLOGGED TABLE scratch (id int)', 'create', 'scratch'],
  ['CREATE TEMP TABLE snapshot AS SELECT * FROM users', 'create', 'snapshot'],
  ['CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS by_email ON public.users USING btree (lower(email))', 'create', 'public.users'],
  ['CREATE INDEX ON ONLY users (id)', 'create', 'users'],
  ['CREATE OR REPLACE VIEW active AS SELECT * FROM users', 'create', 'active'],
  ['CREATE MATERIALIZED VIEW IF NOT EXISTS totals AS SELECT count(*) FROM orders', 'create', 'totals'],
  ['REFRESH MATERIALIZED VIEW CONCURRENTLY totals', 'refresh', 'totals'],
  ['CREATE TRIGGER touch BEFORE INSERT OR UPDATE OF name ON users FOR EACH ROW EXECUTE FUNCTION touch()', 'create', 'users'],
  ["CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $body$ SELECT 1 FROM secrets; $body$", 'create', 'other'],
  ['CREATE EXTENSION IF NOT EXISTS "uuid-ossp"', 'create', 'other'],
  ['CREATE SCHEMA app', 'create', 'other'],
  ['ALTER TABLE IF EXISTS ONLY users ADD COLUMN age int', 'alter', 'users'],
  ['DROP TABLE IF EXISTS users, orders CASCADE', 'drop', 'users'],
  ['DROP INDEX IF EXISTS by_email', 'drop', 'other'],
  ["COMMENT ON TABLE users IS 'from secrets'", 'comment', 'users'],
  ['GRANT SELECT, UPDATE (name) ON TABLE users TO reader', 'grant', 'users'],
  ['GRANT SELECT ON users TO reader', 'grant', 'users'],
  ['GRANT USAGE ON SCHEMA public TO reader', 'grant', 'other'],
  ['REVOKE ALL ON users FROM reader', 'revoke', 'users'],

  // The rest.
  ['EXPLAIN SELECT * FROM users', 'explain', 'users'],
  ['EXPLAIN ANALYZE VERBOSE UPDATE users SET a = 1', 'explain', 'users'],
  ['EXPLAIN (ANALYZE, FORMAT JSON) WITH a AS (SELECT * FROM t1) SELECT * FROM a', 'explain', 't1'],
  ['EXPLAIN (SELECT * FROM users)', 'explain', 'users'],
  ['PREPARE find (int) AS SELECT * FROM users WHERE id = $1', 'prepare', 'users'],
  ["EXECUTE find('from secrets')", 'execute', 'other'],
  ['DEALLOCATE find', 'deallocate', 'other'],
  ['DECLARE c CURSOR WITH HOLD FOR SELECT * FROM users', 'declare', 'users'],
  ['FETCH FORWARD 10 FROM c', 'fetch', 'other'],
  ['CLOSE c', 'close', 'other'],
  ['VACUUM (FULL, ANALYZE) users', 'vacuum', 'users'],
  ['VACUUM FULL VERBOSE users', 'vacuum', 'users'],
  ['ANALYZE users (id)', 'analyze', 'users'],
  ['LOCK TABLE ONLY users IN SHARE MODE', 'lock', 'users'],
  ['LISTEN jobs', 'listen', 'other'],
  ["NOTIFY jobs, 'from secrets'", 'notify', 'other'],
  ["SET application_name = 'from secrets'", 'set', 'other'],
  ['SHOW search_path', 'show', 'other'],
  ['CALL settle($1)', 'call', 'other'],
  ['DO $$ BEGIN PERFORM 1 FROM secrets; END $$', 'do', 'other'],
  ['BEGIN ISOLATION LEVEL SERIALIZABLE', 'begin', 'other'],
  ['START TRANSACTION READ ONLY', 'begin', 'other'],
  ['COMMIT', 'commit', 'other'],
  ['END', 'commit', 'other'],
  ['ROLLBACK TO SAVEPOINT s1', 'rollback', 'other'],
  ['SAVEPOINT s1', 'savepoint', 'other'],
  ['RELEASE SAVEPOINT s1', 'release', 'other'],
  ['BEGIN; INSERT INTO users (id) VALUES (1); COMMIT', 'insert', 'users'],
  [';; SET search_path TO app ;SELECT * FROM users', 'select', 'users'],
  ['SELECT 1; SELECT * FROM users', 'select', 'other'],

  // Comments, strings, operators.
  ['-- from a\n/* from b /* from c */ from d */ SELECT /* x */ * /**/ FROM/**/users', 'select', 'users'],
  ["--it's\nSELECT * FROM users--it's", 'select', 'users'],
  ["SELECT 'it''s from x', E'it\\'s from y', $$it's from z$$, $q$ $$ from w $q$, B'01' FROM users", 'select', 'users'],
  ["SELECT * FROM users WHERE path LIKE $1 ESCAPE '\\'", 'select', 'users'],
  ["SELECT data #>> '{a,b}', data->'x', data @> $1, data ? 'from' FROM docs", 'select', 'docs'],
  ["SELECT a[1], ARRAY['x]', 'from y'], ARRAY[['[a', 'b'], ['c', '''d']], ($1::text[])[1:2] FROM lists", 'select', 'lists'],
  ['SELECT a::date, b::"char" FROM casts', 'select', 'casts'],
];

const MYSQL: readonly Case[] = [
  ['SELECT `id`, `name` FROM `users` WHERE `id` = ? LIMIT 1', 'select', 'users'],
  ['SELECT `shop`.`User`.`id` FROM `shop`.`User` WHERE (`shop`.`User`.`id` = ? AND 1=1) LIMIT ? OFFSET ?', 'select', 'shop.User'],
  ['select `users`.* from `users` inner join `orders` on `orders`.`user_id` = `users`.`id`', 'select', 'users'],
  ['SELECT `User`.`id` AS `User_id` FROM `user` `User` WHERE `User`.`email` = ?', 'select', 'user'],
  ["INSERT INTO `Users` (`id`,`name`) VALUES (DEFAULT,'it\\'s from secrets');", 'insert', 'Users'],
  ['INSERT IGNORE INTO `tags` (`name`) VALUES (?), (?)', 'insert', 'tags'],
  ['INSERT LOW_PRIORITY tags SET name = ?', 'insert', 'tags'],
  ['INSERT INTO t (a) VALUES (?) ON DUPLICATE KEY UPDATE a = VALUES(a)', 'insert', 't'],
  ['REPLACE INTO `kv` (`k`, `v`) VALUES (?, ?)', 'replace', 'kv'],
  ['UPDATE `users` AS `u` INNER JOIN `orders` AS `o` ON `o`.`uid` = `u`.`id` SET `u`.`n` = 1', 'update', 'users'],
  ['UPDATE LOW_PRIORITY IGNORE users, orders SET users.n = orders.n', 'update', 'users'],
  ['DELETE u FROM users AS u INNER JOIN bans b ON b.uid = u.id', 'delete', 'users'],
  ['DELETE b, u FROM users u INNER JOIN bans b ON b.uid = u.id', 'delete', 'bans'],
  ['DELETE u.* FROM `shop`.`users` u', 'delete', 'shop.users'],
  ['DELETE FROM u USING users AS u INNER JOIN bans AS b', 'delete', 'users'],
  ['DELETE LOW_PRIORITY QUICK FROM logs WHERE id < ? LIMIT 1000', 'delete', 'logs'],
  ['SELECT STRAIGHT_JOIN SQL_NO_CACHE * FROM a STRAIGHT_JOIN b', 'select', 'a'],
  ['SELECT * FROM users USE INDEX (by_email), orders', 'select', 'users'],
  ['SELECT * FROM users PARTITION (p0) FORCE INDEX FOR JOIN (x)', 'select', 'users'],
  ['SELECT 1 FROM DUAL', 'select', 'other'],
  ["SELECT * FROM JSON_TABLE(?, '$[*]' COLUMNS (id INT PATH '$.id')) AS jt", 'select', 'other'],
  ["SELECT * FROM users INTO OUTFILE '/tmp/from secrets'", 'select', 'users'],
  ["SELECT a INTO @x FROM users WHERE b = 'x'", 'select', 'users'],
  ['SELECT * FROM ?? WHERE id = ?', 'select', 'other'],
  ['SELECT "it\'s from x", \'say \\\\\' FROM users # it is from y', 'select', 'users'],
  ["# it's from a\nSELECT 1 # note from b\nFROM users # it's from c", 'select', 'users'],
  ['SELECT 5--1 FROM t\n, u', 'select', 'other'],
  ['CREATE TABLE IF NOT EXISTS `Users` (`id` INTEGER auto_increment, PRIMARY KEY (`id`)) ENGINE=InnoDB;', 'create', 'Users'],
  ['ALTER TABLE `users` ADD INDEX `by_name` (`name`)', 'alter', 'users'],
  ['CREATE FULLTEXT INDEX `ft` ON `posts` (`body`)', 'create', 'posts'],
  ['DROP TEMPORARY TABLE IF EXISTS `tmp`', 'drop', 'tmp'],
  ['RENAME TABLE a TO b', 'rename', 'a'],
  ['LOCK TABLES users READ, orders WRITE', 'lock', 'users'],
  ['UNLOCK TABLES', 'unlock', 'other'],
  ['ANALYZE TABLE users', 'analyze', 'users'],
  ['DESCRIBE `users`', 'explain', 'users'],
  ['DESC users name', 'explain', 'users'],
  ['EXPLAIN users', 'explain', 'users'],
  ['EXPLAIN FORMAT=JSON SELECT * FROM users', 'explain', 'users'],
  ['EXPLAIN FORMAT=TREE (SELECT * FROM users)', 'explain', 'users'],
  ["PREPARE stmt FROM 'SELECT * FROM secrets'", 'prepare', 'other'],
  ['SHOW FULL COLUMNS FROM `users`', 'show', 'other'],
  ['USE shop', 'use', 'other'],
  ['START REPLICA', 'other', 'other'],
  ["GRANT ALL ON shop.* TO 'app'@'%'", 'grant', 'other'],
  ["/*!40101 SET NAMES 'utf8' */; SELECT * FROM users", 'other', 'other'],
  ["LOAD DATA INFILE '/tmp/from secrets' INTO TABLE t", 'other', 'other'],
];

const SQLITE: readonly Case[] = [
  ['SELECT `main`.`User`.`id` FROM `main`.`User` WHERE 1=1 LIMIT ? OFFSET ?', 'select', 'main.User'],
  ['select * from `users` where `id` = ? limit ?', 'select', 'users'],
  ['SELECT "User"."id" AS "User_id" FROM "user" "User" WHERE "User"."id" = :id', 'select', 'user'],
  ['INSERT OR REPLACE INTO kv (k, v) VALUES ($k, @v)', 'insert', 'kv'],
  ['INSERT OR IGNORE INTO kv DEFAULT VALUES', 'insert', 'kv'],
  ['REPLACE INTO kv VALUES (?1, ?2)', 'replace', 'kv'],
  ['UPDATE OR ROLLBACK kv SET v = ?', 'update', 'kv'],
  ['SELECT * FROM [order details] AS [d]', 'select', 'order details'],
  ["SELECT * FROM json_each(?) WHERE value = 'from secrets'", 'select', 'other'],
  ["SELECT * FROM users WHERE name LIKE '%\\' OR name = ' from secrets'", 'select', 'users'],
  ['CREATE VIRTUAL TABLE search USING fts5(body)', 'create', 'search'],
  ['CREATE TABLE "temporary_user" ("id" integer PRIMARY KEY, "name" varchar)', 'create', 'temporary_user'],
  ['CREATE TRIGGER t1 AFTER INSERT ON users BEGIN UPDATE stats SET n = n + 1; END', 'create', 'users'],
  ['EXPLAIN QUERY PLAN SELECT * FROM users', 'explain', 'users'],
  ['PRAGMA table_info(`users`)', 'pragma', 'other'],
  ['PRAGMA foreign_keys = ON; DELETE FROM users', 'delete', 'users'],
  ['BEGIN IMMEDIATE', 'begin', 'other'],
  ["VACUUM INTO 'from secrets'", 'vacuum', 'other'],
];

const SQL_SERVER: readonly Case[] = [
  ['SELECT [id], [name] FROM [users] AS [User] ORDER BY [User].[id] OFFSET 0 ROWS FETCH NEXT 10 ROWS ONLY;', 'select', 'users'],
  ['SELECT [dbo].[User].[id] FROM [dbo].[User] WHERE ([dbo].[User].[id] = @P1 AND 1=1)', 'select', 'dbo.User'],
  ['SELECT TOP (10) * FROM [shop].[dbo].[Users] [u] WITH (NOLOCK)', 'select', 'dbo.Users'],
  ['SELECT * FROM Users (NOLOCK) WHERE id = @p0', 'select', 'users'],
  ['SELECT "User"."id" AS "User_id" FROM "user" "User" WHERE "User"."id" = @0', 'select', 'user'],
  ['SELECT * FROM [a ]] b]', 'select', 'a ] b'],
  ["SELECT N'it''s from x' AS [it's], [a]+[b] FROM [users]", 'select', 'users'],
  ['select * from [users] cross apply openjson([users].[tags])', 'select', 'users'],
  ['SELECT * FROM #tmp', 'select', 'other'],
  ['SELECT * FROM @ids i JOIN users u ON u.id = i.id', 'select', 'users'],
  [
    'DECLARE @OutputTable TABLE ("id" int); INSERT INTO "user"("name") OUTPUT INSERTED."id" INTO @OutputTable VALUES (@0); SELECT * FROM @OutputTable',
    'insert',
    'user',
  ],
  ['SET IDENTITY_INSERT [users] ON; INSERT INTO [users] ([id]) VALUES (@0); SET IDENTITY_INSERT [users] OFF;', 'insert', 'users'],
  ['INSERT [users] ([id]) VALUES (1)', 'insert', 'users'],
  ['INSERT INTO @ids SELECT id FROM users', 'insert', 'users'],
  ['UPDATE u SET u.n = 1 OUTPUT inserted.id FROM [dbo].[users] AS u JOIN orders o ON o.uid = u.id', 'update', 'dbo.users'],
  ['UPDATE TOP (5) users SET n = 1', 'update', 'users'],
  ['DELETE TOP (100) FROM logs', 'delete', 'logs'],
  ['DELETE users WHERE id = 1', 'delete', 'users'],
  ['DELETE FROM u OUTPUT deleted.* FROM users u', 'delete', 'users'],
  [';WITH d AS (SELECT *, ROW_NUMBER() OVER (ORDER BY id) r FROM users) DELETE FROM d WHERE r > 1', 'delete', 'users'],
  ['MERGE INTO [users] WITH(HOLDLOCK) AS [t] USING (VALUES(@0)) AS [s]([id]) ON [t].[id] = [s].[id] WHEN MATCHED THEN DELETE;', 'merge', 'users'],
  ['merge top (5) [users] using (values (1)) as t(id) on 1 = 1 when matched then delete;', 'merge', 'users'],
  ['SELECT * INTO [backup] FROM [users]', 'select', 'users'],
  ["EXEC sp_executesql N'SELECT * FROM secrets WHERE id = @0', N'@0 int', @0 = 1", 'execute', 'other'],
  ['BEGIN TRANSACTION', 'begin', 'other'],
  ['CREATE NONCLUSTERED INDEX [ix] ON [dbo].[users] ([name])', 'create', 'dbo.users'],
  ["IF NOT EXISTS (SELECT * FROM sysobjects WHERE name = 'users') CREATE TABLE users (id int)", 'other', 'other'],
];

const LONG_NAME = 'n'.repeat(65);
const UNCERTAIN: readonly Case[] = [
  ['', 'other', 'other'],
  [' \n\t', 'other', 'other'],
  ['-- nothing', 'other', 'other'],
  ['/* nothing', 'other', 'other'],
  [';', 'other', 'other'],
  [')', 'other', 'other'],
  ['"select" * from users', 'other', 'other'],
  ['constructor', 'other', 'other'],
  ['__proto__ from users', 'other', 'other'],
  ['4111111111111111', 'other', 'other'],
  ['alice@example.com', 'other', 'other'],
  ['select', 'select', 'other'],
  ['select * from', 'select', 'other'],
  ['select * from public.', 'select', 'other'],
  ['select * from public.$1', 'select', 'other'],
  ['select * from "', 'select', 'other'],
  ['select * from ""', 'select', 'other'],
  ["select * from 'users'", 'select', 'other'],
  ['select * from $1', 'select', 'other'],
  ['select * from :table', 'select', 'other'],
  ['select * from where', 'select', 'other'],
  ['select * from 123', 'select', 'other'],
  [`select * from ${'n'.repeat(64)}`, 'select', 'n'.repeat(64)],
  [`select * from ${LONG_NAME}`, 'select', 'other'],
  [`select * from public."${LONG_NAME}" join users on true`, 'select', 'other'],
  ['select * from "a\u0000b"', 'select', 'other'],
  ['select * from "a\nb"', 'select', 'other'],
  ['select * from "a\u202eb"', 'select', 'other'],
  ['select * from "\ud800"', 'select', 'other'],
  // What some dialect would read as a string or a comment is never read as a name.
  ["select 'a\\' , ' from secrets", 'select', 'other'],
  ["select 'a\\', b from users where c = 'd'", 'select', 'other'],
  ['select "a\\" , " from secrets', 'select', 'other'],
  ["select 1 --'\n from secrets --'", 'select', 'other'],
  ["/* /* */ select 'x */ select 1 from secrets'", 'other', 'other'],
  ["-- a\rselect 'b\n; select * from secrets --'", 'other', 'other'],
  ["select $ä$ from secrets $ä$", 'select', 'other'],
  [`select $${'t'.repeat(99)}$ from secrets $${'t'.repeat(99)}$`, 'select', 'other'],
  ["select a [b' from secrets, '] from t", 'select', 'other'],
  ["select E'\\' from secrets", 'select', 'other'],
  ["select U&'\\' from secrets'", 'select', 'other'],
];

describe('summarizeSql', () => {
  describe.each([
    ['PostgreSQL', POSTGRES],
    ['MySQL', MYSQL],
    ['SQLite', SQLITE],
    ['SQL Server', SQL_SERVER],
  ])('names operation and table of a %s statement', (_dialect, cases) => {
    it.each(cases)('%s', (sql, operation, table) => {
      expect(summarizeSql(sql)).toEqual({ operation, table });
    });
  });

  describe('says other for what it cannot be certain of', () => {
    it.each(UNCERTAIN)('%j', (sql, operation, table) => {
      expect(summarizeSql(sql)).toEqual({ operation, table });
    });
  });

  it.each([[undefined], [null], [42], [{ text: 'select * from users' }], [['select']], [Symbol('select')], [Buffer.from('select 1')]])(
    'says other for %o, which is no string',
    value => {
      expect(summarizeSql(value as never)).toEqual({ operation: 'other', table: 'other' });
    },
  );

  it.each([
    ['(', ')', 'select * from users'],
    ['select * from (', ') t', 'select * from users'],
    ['with a as (', ') select * from a', 'select * from users'],
  ])('follows nesting of %s…%s fifty deep, but not two hundred deep', (open, close, sql) => {
    expect(summarizeSql(open.repeat(50) + sql + close.repeat(50))).toEqual({ operation: 'select', table: 'users' });
    expect(summarizeSql(open.repeat(200) + sql + close.repeat(200)).table).toBe('other');
  });

  it('says other for a name that the read limit cuts in two', () => {
    const front = 'select * from ';
    for (const name of ['customers', 'public.customers', '"public"."customers"', '[customers]']) {
      const label = name.replace(/["[\]]/g, '');
      for (let visible = 0; visible <= name.length + 1; visible += 1) {
        const padding = ' '.repeat(SQL_READ_LIMIT - front.length - visible);
        const { table } = summarizeSql(`${front}${padding}${name};`);
        expect(table).toBe(visible > name.length ? label : 'other');
      }
    }
  });
});

const DIALECTS = { POSTGRES, MYSQL, SQLITE, SQL_SERVER };
type Dialect = keyof typeof DIALECTS;

/** A text without its strings and comments, as that dialect sees it; double-quoted text stays unless it is a string. */
function liveText(sql: string, dialect: Dialect): string {
  let text = sql;
  if (dialect === 'POSTGRES' || dialect === 'SQL_SERVER') {
    // Innermost first, so nested comments vanish from the inside; no example has a comment mark in a string.
    for (let before = ''; before !== text; ) [before, text] = [text, text.replace(/\/\*(?:(?!\/\*|\*\/)[^])*\*\//g, ' ')];
  }
  const dead = {
    POSTGRES: /E'(?:\\[^]|''|[^'\\])*(?:'|\\?$)|'(?:''|[^'])*(?:'|$)|(\$\w*\$)[^]*?(?:\1|$)|--[^\n]*|\/\*[^]*/gi,
    MYSQL: /'(?:\\[^]|''|[^'\\])*(?:'|\\?$)|"(?:\\[^]|""|[^"\\])*(?:"|\\?$)|#[^\n]*|--(?=\s|$)[^\n]*|\/\*[^]*?(?:\*\/|$)/g,
    SQLITE: /'(?:''|[^'])*(?:'|$)|--[^\n]*|\/\*[^]*?(?:\*\/|$)/g,
    SQL_SERVER: /(\[(?:\]\]|[^\]])*\])|'(?:''|[^'])*(?:'|$)|--[^\n]*|\/\*[^]*/g,
  }[dialect];
  return text.replace(dead, (found, kept?: string) => (found.startsWith('[') && kept ? kept : ' ')).toLowerCase();
}

/** mulberry32: the same numbers in every run. */
function seededRandom(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const KNOWN_OPERATIONS = new Set([...POSTGRES, ...MYSQL, ...SQLITE, ...SQL_SERVER].map(([, operation]) => operation));
for (const rarer of 'reindex reset discard move unlisten'.split(' ')) KNOWN_OPERATIONS.add(rarer);

const withoutQuotes = (text: string): string => text.replace(/""|``|\]\]/g, quotes => quotes.charAt(0)).toLowerCase();

function expectNamesFrom(live: string, sql: string): void {
  const { operation, table } = summarizeSql(sql);
  expect(KNOWN_OPERATIONS, sql).toContain(operation);
  if (table === 'other') return;
  for (const part of table.split('.')) expect(withoutQuotes(live), `${table} of ${sql}`).toContain(part.toLowerCase());
}

describe('summarizeSql on any text', () => {
  it.each(Object.entries(DIALECTS))('takes names of a %s statement cut anywhere only from outside its strings and comments', (dialect, cases) => {
    for (const [sql] of cases) {
      for (let length = 0; length <= sql.length; length += 1) {
        const text = sql.slice(0, length);
        expectNamesFrom(liveText(text, dialect as Dialect), text);
      }
    }
  });

  it('survives random characters, and answers only with names that stand in them', () => {
    const random = seededRandom(20260101);
    for (let run = 0; run < 4000; run += 1) {
      const text = Array.from({ length: random(120) }, () => String.fromCharCode(random(run % 2 === 0 ? 128 : 65536))).join('');
      expectNamesFrom(text.toLowerCase(), text);
      expectNamesFrom(`select * from ${text}`.toLowerCase(), `select * from ${text}`);
    }
  });

  it('survives random sequences of what SQL is made of', () => {
    const pieces = (
      `select from with recursive as ( ) ( ) , . ; * ' '' " "" \` [ ] $$ $a$ $1 ? :x @p -- # /* */ \\ \\' E' U&" u&' :: \n 1 1e5 ` +
      'users public insert into update delete using set join on where union merge truncate table create index if not exists only ' +
      'explain analyze copy prepare declare for grant to lateral distinct is rows values order'
    ).split(' ');
    const random = seededRandom(7);
    for (let run = 0; run < 6000; run += 1) {
      const text = Array.from({ length: random(40) }, () => `${pieces[random(pieces.length)] ?? ''}${random(3) > 0 ? ' ' : ''}`).join('');
      expectNamesFrom(text.toLowerCase(), text);
    }
  });

  it('never lets a value out of a generated statement, whole or cut', () => {
    const random = seededRandom(424242);
    const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
    const secret = (): string => pick(['SECRET', ' from SECRET ', '; select * from SECRET; ', ') union select 1 from SECRET where (', ' join SECRET, SECRET ']);
    const quotes = ["'", '"', '`', '[', ']', '--', '/*', '*/', '#', '$$', '$q$', ';', '(', ')', '\n'];
    const body = (escape: (character: string) => string): string =>
      Array.from({ length: random(4) }, () => escape(random(2) > 0 ? secret() : pick(quotes))).join('') + escape(secret());
    const doubled = (text: string): string => text.replaceAll("'", "''");
    const backslashed = (text: string): string => text.replace(/['"\\]/g, '\\$&');
    const line = (text: string): string => text.replaceAll('\n', ' ');
    const flat = (text: string): string => text.replaceAll('*/', '* /');
    const nested = (text: string): string => flat(text).replaceAll('/*', random(2) > 0 ? '/ *' : '/* x */');
    const standard = [() => `'${body(doubled)}'`, () => `'${body(doubled)}\\'`];
    const values: Record<Dialect, readonly (() => string)[]> = {
      POSTGRES: [
        ...standard,
        () => `E'${body(backslashed)}'`,
        () => `$q$${body(text => text.replaceAll('$q$', '$ q$'))}$q$`,
        () => `/*${body(nested)}*/ $1`,
        () => `1 --${body(line)}\n`,
        () => `ARRAY[['${body(doubled)}'], ['${body(doubled)}']]`,
      ],
      MYSQL: [
        () => `'${body(backslashed)}'`,
        () => `'${body(doubled)}'`,
        () => `"${body(backslashed)}"`,
        () => `/*${body(flat)}*/ ?`,
        () => `1 -- ${body(line)}\n`,
        () => `1 #${body(line)}\n`,
        () => `1--1 + '${body(doubled)}'`,
      ],
      SQLITE: [...standard, () => `/*${body(flat)}*/ :x`, () => `1 --${body(line)}\n`],
      SQL_SERVER: [...standard, () => `N'${body(doubled)}'`, () => `/*${body(nested)}*/ @p1`, () => `1 --${body(line)}\n`],
    };
    const names: Record<Dialect, readonly string[]> = {
      POSTGRES: ['users', '"Users"', 'app.users', '"app"."Users"'],
      MYSQL: ['users', '`Users`', 'app.users', '`app`.`Users`'],
      SQLITE: ['users', '"Users"', '`app`.`Users`', '[Users]'],
      SQL_SERVER: ['users', '[Users]', 'app.users', '[app].[Users]', '[db].[app].[Users]'],
    };
    const liveStarts = ['users', 'app', 'db', 'from', 'into']; // the last two for `delete fr`, `insert in`
    let recognised = 0;
    let whole = 0;
    for (let run = 0; run < 1500; run += 1) {
      const dialect = pick(Object.keys(DIALECTS) as Dialect[]);
      const value = (): string => pick(values[dialect])();
      const name = pick(names[dialect]);
      const [sql, operation] = pick([
        () => [`select ${value()}, ${value()} from ${name} where a = ${value()}`, 'select'],
        () => [`select * from ${name} where a in (${value()}, ${value()}) and b = ${value()}`, 'select'],
        () => [`insert into ${name} (a, b) values (${value()}, ${value()}), (${value()}, ${value()})`, 'insert'],
        () => [`update ${name} set a = ${value()}, b = ${value()} where c = ${value()}`, 'update'],
        () => [`delete from ${name} where a = ${value()} or b = ${value()}`, 'delete'],
        () => [`with c as (select ${value()} from ${name} where a = ${value()}) select * from c`, 'select'],
        () => [`set x = ${value()}; update ${name} set a = ${value()}`, 'update'],
      ])() as [string, string];
      const expected = name.replace(/["`[\]]/g, '').split('.').slice(-2).join('.');
      const summary = summarizeSql(sql);
      expect(['other', expected], sql).toContain(summary.table);
      whole += 1;
      if (summary.table === expected && summary.operation === operation) recognised += 1;
      for (let cut = 0; cut < 30; cut += 1) {
        const { table } = summarizeSql(sql.slice(0, random(sql.length)));
        if (table === 'other') continue;
        for (const part of table.split('.')) expect(liveStarts.some(known => known.startsWith(part.toLowerCase())), `${table} of ${sql}`).toBe(true);
      }
    }
    // Certainty costs little: these values are far nastier than real ones.
    expect(recognised / whole).toBeGreaterThan(0.7);
  });
});

describe('summarizeSql on a hostile megabyte', () => {
  afterEach(() => vi.restoreAllMocks());

  const MEGABYTE = 1 << 20;
  const fill = (piece: string, front = ''): string => front + piece.repeat(MEGABYTE / piece.length);

  it.each([
    ...[..."'\"`[]().,;:@$#-/*\\?% a1é", "''", '""', '\\\'', '/*', '*/', '/*/', '--', '--a\n', "#'\n", '$a$', '$$', '$a', '::', 'a.', '.a', '[[', '[a', 'a[', 'a [', '](', '()', '(('].map(
      piece => fill(piece),
    ),
    ...['with a as (', 'with ', 'with recursive a as (select * from a, ', 'prepare p as ', 'explain ', 'begin;', 'copy (', 'table ', '(select 1 from '].map(piece => fill(piece)),
    ...['(', '(select * from ', 'a join ', 'a, ', ', (select 1', 'f(', '((a', 'lateral ', 'only ', 'rows from ('].map(piece => fill(piece, 'select * from ')),
    ...["'a', ", '(', 'a = (', "E'\\\\' ", '$1, '].map(piece => fill(piece, 'update t set a = ')),
    fill('n', 'select * from '),
    fill('n', 'select * from "'),
    fill('x', 'select $'),
    fill('\\', "select 'a"),
    fill('a, ', 'with recursive c as (select 1) cycle '),
  ])('reads no more than its limit, and that once (#%#)', text => {
    let tokens = 0;
    let searched = 0;
    const next = Object.getOwnPropertyDescriptor(SqlTokens.prototype, 'next')?.value as () => unknown;
    vi.spyOn(SqlTokens.prototype, 'next').mockImplementation(function (this: SqlTokens) {
      tokens += 1;
      return next.call(this) as never;
    });
    // Every pattern goes through exec: what it was given to look through, from where it began, counts.
    const exec = RegExp.prototype.exec;
    vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, input: string) {
      const found = exec.call(this, input);
      searched += 1 + (found ? found[0].length : this.sticky ? 0 : input.length);
      return found;
    });
    const summary = summarizeSql(text);
    vi.restoreAllMocks();

    expect(tokens).toBeLessThanOrEqual(SQL_READ_LIMIT + 400);
    expect(searched).toBeLessThanOrEqual(16 * SQL_READ_LIMIT);
    expect(summary).toEqual(summarizeSql(text.slice(0, SQL_READ_LIMIT + 1)));
  });
});

describe('createSqlSummaryCache', () => {
  it('answers as summarizeSql does, with one object for one text', () => {
    const summarize = createSqlSummaryCache();
    for (const [sql, operation, table] of POSTGRES) {
      expect(summarize(sql)).toEqual({ operation, table });
      expect(summarize(sql)).toBe(summarize(sql));
    }
  });

  it('forgets the oldest beyond its limit', () => {
    const summarize = createSqlSummaryCache(2);
    const [a, b] = [summarize('select * from a'), summarize('select * from b')];
    const c = summarize('select * from c');
    expect(summarize('select * from b')).toBe(b);
    expect(summarize('select * from c')).toBe(c);
    expect(summarize('select * from a')).toEqual(a);
    expect(summarize('select * from a')).not.toBe(a);
  });

  it('keeps no text over 4 KB', () => {
    const summarize = createSqlSummaryCache();
    const long = `insert into logs values ('${'x'.repeat(4096)}')`;
    expect(summarize(long)).toEqual({ operation: 'insert', table: 'logs' });
    expect(summarize(long)).not.toBe(summarize(long));
  });

  it.each([0, -1, Number.NaN])('remembers nothing with a limit of %d', limit => {
    const summarize = createSqlSummaryCache(limit);
    expect(summarize('select * from a')).toEqual({ operation: 'select', table: 'a' });
    expect(summarize('select * from a')).not.toBe(summarize('select * from a'));
  });

  it('takes what is no string, too', () => {
    const summarize = createSqlSummaryCache();
    expect(summarize(undefined as never)).toEqual({ operation: 'other', table: 'other' });
    expect(summarize({} as never)).toEqual({ operation: 'other', table: 'other' });
  });
});
