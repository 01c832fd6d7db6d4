/** The figures of a pool; `undefined` where the driver doesn't tell. */
export interface PoolFigures {
  readonly connections: number | undefined;
  readonly idle: number | undefined;
  /** How many connections it may open. */
  readonly max: number | undefined;
  /** Callers waiting for a connection. */
  readonly waiting: number | undefined;
}

/** How the pools of a driver are read. Functions of the pool, so that nothing here keeps one alive. */
export interface PoolReader {
  /** The event that announces a new connection. */
  readonly newConnection: string;
  connections(pool: object): readonly unknown[];
  figures(pool: object): PoolFigures;
}

/** What can be told of an object with `query()` by its shape. */
export interface Driver {
  /** OpenTelemetry's `db.system.name`. */
  readonly system: string | undefined;
  /** The database's name. */
  readonly namespace: string | undefined;
  /** Where it is a pool we know. */
  readonly reader: PoolReader | undefined;
}

type Members = Record<string, unknown>;

const pgPool: PoolReader = {
  newConnection: 'connect',
  connections: pool => items(members(pool)['_clients']),
  figures(pool) {
    const { totalCount, idleCount, waitingCount, options } = members(pool);
    return { connections: number(totalCount), idle: number(idleCount), max: number(members(options)['max']), waiting: number(waitingCount) };
  },
};

/** mysql2's, and that of its forebear `mysql`. */
const mysqlPool: PoolReader = {
  newConnection: 'connection',
  connections: pool => items(members(pool)['_allConnections']),
  figures(pool) {
    const { _allConnections, _freeConnections, _connectionQueue, config } = members(pool);
    const limit = number(members(config)['connectionLimit']);
    return {
      connections: number(members(_allConnections)['length']),
      idle: number(members(_freeConnections)['length']),
      max: limit === 0 ? undefined : limit, // 0: no limit
      waiting: number(members(_connectionQueue)['length']),
    };
  },
};

/** The object that does the work: that of mysql2's promise API keeps the one of the callback API inside. */
export function unwrapPromiseApi(object: object): object {
  for (const key of ['pool', 'connection']) {
    const inner = members(members(object)[key]);
    // `promise()` tells mysql2's connection from the one that a client of pg keeps under the same name.
    if (typeof inner['query'] === 'function' && typeof inner['promise'] === 'function') return inner;
  }
  return object;
}

/** What the shape of an object with `query()` tells of its driver. */
export function recogniseDriver(object: object): Driver {
  const shape = members(object);
  if (typeof shape['totalCount'] === 'number' && typeof shape['waitingCount'] === 'number') {
    return { system: 'postgresql', namespace: pgDatabase(members(shape['options'])), reader: pgPool };
  }
  if (typeof shape['getTypeParser'] === 'function') {
    return { system: 'postgresql', namespace: text(shape['database']), reader: undefined };
  }
  if (typeof shape['execProtocolRaw'] === 'function') return { system: 'postgresql', namespace: undefined, reader: undefined };
  if (typeof shape['escapeId'] === 'function') {
    const config = members(shape['config']);
    const database = text(members(config['connectionConfig'])['database']) ?? text(config['database']);
    return { system: 'mysql', namespace: database, reader: '_allConnections' in shape ? mysqlPool : undefined };
  }
  return { system: undefined, namespace: undefined, reader: undefined };
}

/** As pg has it: the connection string's, else the option, else the environment's. */
function pgDatabase({ database, connectionString }: Members): string | undefined {
  return databaseOf(connectionString) ?? text(database) ?? text(process.env['PGDATABASE']);
}

function databaseOf(connectionString: unknown): string | undefined {
  try {
    return text(decodeURIComponent(new URL(String(connectionString)).pathname.slice(1)));
  } catch {
    return undefined; // none, a socket's path, or what pg itself will refuse
  }
}

/** The members of an object; none of anything else. */
function members(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The items of an array, or of mysql2's queue. */
function items(list: unknown): readonly unknown[] {
  if (Array.isArray(list)) return list;
  const { get, length } = members(list);
  if (typeof get !== 'function' || typeof length !== 'number') return [];
  return Array.from({ length }, (_, i) => Reflect.apply(get, list, [i]) as unknown);
}
