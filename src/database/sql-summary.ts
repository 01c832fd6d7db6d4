import { SqlCursor, type SqlName } from './sql-tokens.js';

/** What a statement does, and the first real table it does it to, as the two label values. */
export interface SqlSummary {
  readonly operation: string;
  readonly table: string;
}

type Found = Readonly<{ operation: string; table: string | undefined }>;

/** The common table expressions visible at a place, each with the table it reads. */
interface Scope {
  readonly tables: Map<string, string | undefined>;
  readonly outer: Scope | undefined;
}

/** Where in a query a walk begins. */
interface QueryStart {
  readonly armed?: boolean; // the next FROM is one of tables
  readonly inFrom?: boolean; // in such a FROM already
  readonly item?: boolean; // and in front of an entry of it
  readonly using?: boolean; // USING names tables too
  readonly target?: Target;
}

/** What UPDATE or DELETE names first; a later FROM may show it to be an alias. */
type Target = { readonly key: string | undefined; isAlias: boolean; table: string | undefined };

const OTHER = 'other';
const UNKNOWN: SqlSummary = Object.freeze({ operation: OTHER, table: OTHER });
const NOTHING: Found = { operation: OTHER, table: undefined };
const CACHED_TEXT_LIMIT = 4096;
const MAX_DEPTH = 100;

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

const OPERATIONS = words(
  'select insert update delete merge replace truncate create alter drop rename comment refresh reindex begin commit ' +
    'rollback savepoint release set reset show use pragma call do copy explain vacuum analyze lock unlock listen ' +
    'unlisten notify prepare execute deallocate declare fetch move close discard grant revoke',
);
const SYNONYMS: ReadonlyMap<string, string> = new Map(
  Object.entries({ abort: 'rollback', desc: 'explain', describe: 'explain', end: 'commit', exec: 'execute' }).concat(
    Object.entries({ start: 'begin', table: 'select', upsert: 'insert', values: 'select' }),
  ),
);
const WRITES = words('insert upsert replace merge');
const DEFINITIONS = words('create alter drop rename comment refresh reindex');
const MAINTENANCE = words('truncate lock vacuum analyze');
const EXPLANATIONS = words('explain desc describe');

/** Statements that only get ready for another one: a batch is about what follows them. */
const PREPARATORY = words('begin commit rollback savepoint release set reset use pragma declare');
const QUERY_STARTS = words('select with');
const STATEMENT_STARTS = words('select with insert update delete merge replace values table');
const EXPLAINABLE = new Set([...STATEMENT_STARTS, ...words('declare create execute')]);

const JOINS = words('join apply straight_join');
const AFTER_FROM = words(
  'where group having order limit offset fetch for window union intersect except minus set returning output',
);
const LOCK_HINTS = words('nolock readuncommitted readpast holdlock rowlock updlock tablock tablockx xlock nowait');

const WRITE_MODIFIERS = words(
  'low_priority high_priority delayed quick ignore overwrite or abort fail replace rollback top percent',
);
const MAINTENANCE_MODIFIERS = words('full freeze verbose analyze table tables local no_write_to_binlog only');
const DEFINED_TABLES = words('table tables view');
const DEFINED_ON_TABLES = words('index trigger policy rule');
const DEFINITION_MODIFIERS = words(
  'or replace temp temporary global local unlogged unique fulltext spatial clustered nonclustered materialized ' +
    'recursive virtual foreign external ignore online offline constraint on',
);
const EXISTENCE = words('if not exists only concurrently');

/** Reads statements from left to right, once. Nesting is limited, so neither time nor stack can run away. */
class StatementReader extends SqlCursor {
  /** The first statement that is about more than preparing another one; else the first one. */
  batch(): Found | undefined {
    let first: Found | undefined;
    for (;;) {
      while (this.isMark(';')) this.take();
      if (this.peek().kind === 'end') return first;
      const found = this.#statement(undefined, 0);
      if (found.table !== undefined || !PREPARATORY.has(found.operation)) return found;
      first ??= found;
      while (!this.isMark(';') && this.peek().kind !== 'end') this.take();
    }
  }

  #statement(scope: Scope | undefined, depth: number): Found {
    if (depth > MAX_DEPTH) this.stop();
    const start = this.take();
    if (start.kind === 'mark' && start.text === '(') {
      const inner = this.#statement(scope, depth + 1);
      this.closeGroup();
      return { operation: inner.operation, table: inner.table ?? this.#query(scope, depth) };
    }
    if (start.kind !== 'word') return NOTHING;
    if (start.text === 'with') return this.#with(scope, depth);
    if (start.text === 'start' && !this.isWord('transaction')) return NOTHING; // `START REPLICA`
    const operation = SYNONYMS.get(start.text) ?? (OPERATIONS.has(start.text) ? start.text : OTHER);
    return { operation, table: this.#tableOf(start.text, scope, depth) };
  }

  #tableOf(verb: string, scope: Scope | undefined, depth: number): string | undefined {
    if (WRITES.has(verb)) {
      this.skipWords(WRITE_MODIFIERS);
      this.accept('into');
      this.accept('only');
      // A table variable or a placeholder is no table; then the one it is filled from counts.
      return this.isName() ? this.#tableHere(scope) : this.#query(scope, depth);
    }
    if (MAINTENANCE.has(verb)) {
      this.skipGroup();
      this.skipWords(MAINTENANCE_MODIFIERS);
      return this.#tableHere(scope);
    }
    if (DEFINITIONS.has(verb)) return this.#defined(scope);
    if (EXPLANATIONS.has(verb)) return this.#explained(verb, scope, depth);
    switch (verb) {
      case 'select':
        return this.#query(scope, depth, { armed: true });
      case 'update':
        return this.#changed(scope, depth, { armed: true, inFrom: true });
      case 'delete':
        return this.#changed(scope, depth, { armed: true, using: true });
      case 'table':
        return this.#tableHere(scope);
      case 'copy':
        return this.isMark('(') ? this.#statement(scope, depth).table : this.#tableHere(scope);
      case 'prepare':
        return this.skipPast('as') ? this.#statement(scope, depth + 1).table : undefined;
      case 'declare':
        return this.skipPast('for') && this.isOneOf(QUERY_STARTS) ? this.#statement(scope, depth).table : undefined;
      case 'grant':
      case 'revoke':
        return this.#granted(scope);
    }
    return undefined;
  }

  /** The table named here: a CTE stands for the table it reads. */
  #tableHere(scope: Scope | undefined): string | undefined {
    const name = this.name();
    return name && this.#resolve(name, scope);
  }

  #resolve({ key, label }: SqlName, scope: Scope | undefined): string | undefined {
    if (key !== undefined) {
      for (let at = scope; at !== undefined; at = at.outer) {
        if (at.tables.has(key)) return at.tables.get(key);
      }
      if (key === 'dual') return undefined;
    }
    return label ?? OTHER;
  }

  #with(outer: Scope | undefined, depth: number): Found {
    const scope: Scope = { tables: new Map(), outer };
    const recursive = this.accept('recursive');
    let first: string | undefined;
    do {
      if (!this.isName()) break;
      const key = this.take().text.toLowerCase();
      this.skipGroup();
      if (!this.accept('as')) break;
      this.accept('not');
      this.accept('materialized');
      if (!this.isMark('(')) break;
      this.take();
      // Only a recursive one sees itself: in `WITH users AS (SELECT … FROM users)` the inner one is the table.
      if (recursive) scope.tables.set(key, undefined);
      const { table } = this.#statement(scope, depth + 1);
      this.closeGroup();
      scope.tables.set(key, table);
      first ??= table;
    } while (this.#reachNextCommonTable());
    const { operation, table = first } = this.#statement(scope, depth + 1);
    return { operation, table };
  }

  /** Moves to the next CTE (true) or to the statement after them, over `SEARCH …` and `CYCLE … SET …`. */
  #reachNextCommonTable(): boolean {
    while (!this.isOver() && !this.isOneOf(STATEMENT_STARTS) && !this.isMark('(')) {
      const { kind, text } = this.take();
      const isComma = kind === 'mark' && text === ',';
      if (isComma && this.isName() && (this.isWord('as', 1) || this.isMark('(', 1))) return true;
    }
    return false;
  }

  /** UPDATE and DELETE. The target may be an alias: `DELETE u FROM users u`, `UPDATE u SET … FROM users u`. */
  #changed(scope: Scope | undefined, depth: number, start: QueryStart): string | undefined {
    this.skipWords(WRITE_MODIFIERS);
    if (start.using) this.accept('from');
    this.accept('only');
    const name = this.name();
    const target: Target = { key: name?.key, isAlias: false, table: undefined };
    const read = this.#query(scope, depth, { ...start, target });
    if (name === undefined) return read;
    return target.isAlias ? target.table : this.#resolve(name, scope);
  }

  /**
   * Walks over a query and gives the first table of its FROM, or else the first one of a subquery.
   * A FROM counts only after a SELECT within the same parentheses, which `EXTRACT(year FROM ts)` has not.
   */
  #query(scope: Scope | undefined, depth: number, start: QueryStart = {}): string | undefined {
    let { armed = false, inFrom = false, item = false } = start;
    let main: string | undefined;
    let aside: string | undefined;
    let [beforeLast, last] = ['', ''];
    while (!this.isOver() && (main === undefined || start.target !== undefined)) {
      if (item) {
        item = false;
        const table = this.#fromItem(scope, depth, start.target);
        main ??= table;
        continue;
      }
      if (this.isMark('(')) {
        const table = this.#group(scope, depth);
        aside ??= table;
        continue;
      }
      const { kind, text } = this.take();
      const word = kind === 'word' && last !== '.' ? text : ''; // `t.limit` is a column
      const compares = last === 'distinct' && (beforeLast === 'is' || beforeLast === 'not');
      if (word === 'select') {
        armed = true;
        inFrom = false;
      } else if (word === 'from' && armed && !compares) {
        armed = false;
        inFrom = item = true;
      } else if (word === 'using' && start.using) inFrom = item = true;
      else if (JOINS.has(word) || (kind === 'mark' && text === ',')) item = inFrom;
      else if (AFTER_FROM.has(word)) inFrom = false;
      [beforeLast, last] = [last, kind === 'mark' ? text : word];
    }
    return main ?? aside;
  }

  /** One entry of a FROM: a table, a subquery, parenthesised joins. A function is not a table. */
  #fromItem(scope: Scope | undefined, depth: number, target: Target | undefined): string | undefined {
    while (this.accept('only') || this.accept('lateral'));
    let table: string | undefined;
    if (this.isMark('(')) table = this.#group(scope, depth, { inFrom: true, item: true });
    else if (this.isWord('rows') && this.isWord('from', 1)) this.skipPast('from');
    else {
      const name = this.name();
      if (name === undefined) return undefined;
      if (!this.isMark('(') || this.isOneOf(LOCK_HINTS, 1)) table = this.#resolve(name, scope);
    }
    if (target?.key === undefined) return table;
    this.accept('as');
    if (this.isName() && this.take().text.toLowerCase() === target.key && !target.isAlias) {
      target.isAlias = true;
      target.table = table;
    }
    return table;
  }

  /** Reads what stands in the parentheses here, and past them. */
  #group(scope: Scope | undefined, depth: number, start: QueryStart = {}): string | undefined {
    if (depth >= MAX_DEPTH) this.stop();
    this.take();
    const isStatement = this.isOneOf(QUERY_STARTS) || (this.isWord('table') && this.isName(1));
    const table = isStatement ? this.#statement(scope, depth + 1).table : this.#query(scope, depth + 1, start);
    this.closeGroup();
    return table;
  }

  /** CREATE, ALTER, DROP and their like: `… TABLE IF NOT EXISTS t`, `… INDEX … ON t`. */
  #defined(scope: Scope | undefined): string | undefined {
    this.skipWords(DEFINITION_MODIFIERS);
    if (this.isOneOf(DEFINED_ON_TABLES)) {
      if (!this.skipPast('on')) return undefined;
    } else if (this.isOneOf(DEFINED_TABLES)) this.take();
    else return undefined;
    this.skipWords(EXISTENCE);
    return this.#tableHere(scope);
  }

  #granted(scope: Scope | undefined): string | undefined {
    if (!this.skipPast('on')) return undefined;
    this.accept('table');
    if (this.isMark('.', 1) && this.isMark('*', 2)) return undefined; // MySQL: a whole database
    const table = this.#tableHere(scope);
    return this.isName() ? undefined : table; // `ON SCHEMA public`
  }

  #explained(verb: string, scope: Scope | undefined, depth: number): string | undefined {
    // MySQL: `EXPLAIN users`, `DESCRIBE users column`.
    const table = this.isOneOf(EXPLAINABLE) ? undefined : this.#tableHere(scope);
    if (this.isOver() || (verb !== 'explain' && this.isName())) return table;
    while (!this.isOver()) {
      const isInParentheses = this.isMark('(') && (this.isOneOf(QUERY_STARTS, 1) || this.isMark('(', 1));
      if (isInParentheses || this.isOneOf(EXPLAINABLE)) return this.#statement(scope, depth).table;
      if (!this.skipGroup()) this.take();
    }
    return undefined;
  }
}

/**
 * Names what a statement does and the first table it works on, for the labels `operation` and `table`.
 *
 * Reads the SQL of PostgreSQL, MySQL, SQLite and SQL Server without being told which it is. Sees through comments,
 * CTEs, subqueries, joins and aliases; a table keeps the schema it is qualified by. `operation` comes from a fixed
 * list, `table` is an identifier of the text and never a value; what is not certain is `other`. Reads at most the
 * first 8 KB, in linear time, and never throws.
 *
 * @example
 * ```ts
 * summarizeSql('SELECT * FROM "public"."User" WHERE id = $1');          // { operation: 'select', table: 'public.User' }
 * summarizeSql('WITH old AS (SELECT id FROM carts) DELETE FROM carts'); // { operation: 'delete', table: 'carts' }
 * summarizeSql('COMMIT');                                               // { operation: 'commit', table: 'other' }
 * ```
 */
export function summarizeSql(sql: string): SqlSummary {
  if (typeof sql !== 'string') return UNKNOWN;
  const { operation, table = OTHER } = new StatementReader(sql).batch() ?? UNKNOWN;
  // A slice of a long text keeps all of it in memory, and a label stays: so it gets bytes of its own.
  return { operation, table: ` ${table}`.slice(1) };
}

/**
 * {@link summarizeSql} with a memory of `limit` statements (default 1000), the oldest forgotten first.
 * Texts over 4 KB are summarized each time.
 *
 * @example
 * ```ts
 * const summarize = createSqlSummaryCache();
 * summarize('UPDATE essays SET score = $1 WHERE id = $2'); // { operation: 'update', table: 'essays' }
 * ```
 */
export function createSqlSummaryCache(limit: number = 1000): (sql: string) => SqlSummary {
  const summaries = new Map<string, SqlSummary>();
  return sql => {
    const known = summaries.get(sql);
    if (known !== undefined) return known;
    const summary = summarizeSql(sql);
    if (typeof sql !== 'string' || sql.length > CACHED_TEXT_LIMIT || !(limit >= 1)) return summary;
    if (summaries.size >= limit) summaries.delete(summaries.keys().next().value as string);
    summaries.set(sql, summary);
    return summary;
  };
}
