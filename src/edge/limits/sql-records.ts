import type { Lease, LimitRecords } from './limit-records.ts';

/** The part of a Durable Object's `storage.sql` that is used here. */
export interface SqlStorage {
  exec(query: string, ...bindings: (string | number | null)[]): { toArray(): Record<string, unknown>[] };
}

interface LeaseRow {
  readonly id: string;
  readonly ends: number;
  readonly budget: number | null;
  readonly budget_seconds: number | null;
  readonly window_start: number | null;
  readonly window_end: number | null;
  readonly taken: number;
  readonly taken_before: number;
}

// No index on the end of used ids: it would cost every admission more than the scan that a purge makes once a minute.
const schema = [
  'CREATE TABLE IF NOT EXISTS used (id TEXT PRIMARY KEY, kept_until REAL NOT NULL) WITHOUT ROWID',
  `CREATE TABLE IF NOT EXISTS leases (id TEXT PRIMARY KEY, ends REAL NOT NULL, budget INTEGER, budget_seconds REAL,
    window_start REAL, window_end REAL, taken INTEGER NOT NULL, taken_before INTEGER NOT NULL) WITHOUT ROWID`,
  'CREATE INDEX IF NOT EXISTS leases_by_end ON leases (ends)',
  `CREATE TABLE IF NOT EXISTS spendings (window_start REAL, window_end REAL, characters INTEGER NOT NULL,
    kept_until REAL NOT NULL, PRIMARY KEY (window_start, window_end)) WITHOUT ROWID`,
];

/** Records in a Durable Object's own database; makes its tables where they are missing. */
export function createSqlRecords(sql: SqlStorage): LimitRecords {
  const first = (query: string, ...bindings: (string | number)[]): unknown => sql.exec(query, ...bindings).toArray()[0];
  const firstLease = (query: string, id: string, now: number): Lease | undefined => {
    const row = first(query, id, now) as LeaseRow | undefined;
    return row && toLease(row);
  };
  for (const statement of schema) sql.exec(statement);
  let lastPurge = -Infinity;
  return {
    isUsed: (id, now) => first('SELECT 1 FROM used WHERE id = ? AND kept_until > ?', id, now) !== undefined,
    use: (id, keptUntil) => void sql.exec('INSERT OR REPLACE INTO used VALUES (?, ?)', id, keptUntil),
    lease: (id, now) => firstLease('SELECT * FROM leases WHERE id = ? AND ends > ?', id, now),
    putLease({ id, end, budget, window, taken, takenBefore }) {
      const limits = [budget?.characters ?? null, budget?.seconds ?? null, window?.start ?? null, window?.end ?? null];
      sql.exec('INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?, ?, ?, ?, ?)', id, end, ...limits, taken, takenBefore);
    },
    endLease: (id, now) => firstLease('DELETE FROM leases WHERE id = ? AND ends > ? RETURNING *', id, now),
    leases(now, most) {
      const ends = 'SELECT ends FROM leases WHERE ends > ? ORDER BY ends LIMIT ?';
      const row = first(`SELECT count(*) AS count, min(ends) AS first FROM (${ends})`, now, most) as {
        readonly count: number;
        readonly first: number | null;
      };
      return { count: row.count, firstEnd: row.first ?? Infinity };
    },
    spent({ start, end }) {
      const query = 'SELECT characters FROM spendings WHERE window_start = ? AND window_end = ?';
      const row = first(query, start, end) as { readonly characters: number } | undefined;
      return row?.characters ?? 0;
    },
    take({ start, end }, characters, keptUntil) {
      const sum = 'ON CONFLICT DO UPDATE SET characters = characters + excluded.characters';
      sql.exec(`INSERT INTO spendings VALUES (?, ?, ?, ?) ${sum}`, start, end, characters, keptUntil);
    },
    giveBack({ start, end }, characters) {
      const query = 'UPDATE spendings SET characters = characters - ? WHERE window_start = ? AND window_end = ?';
      sql.exec(query, characters, start, end);
    },
    purge(now) {
      lastPurge = now;
      sql.exec('DELETE FROM used WHERE kept_until <= ?', now);
      sql.exec('DELETE FROM leases WHERE ends <= ?', now);
      sql.exec('DELETE FROM spendings WHERE kept_until <= ?', now);
    },
    lastPurge: () => lastPurge,
    lastEnd() {
      const ends = `SELECT max(kept_until) AS e FROM used UNION ALL SELECT max(ends) FROM leases
        UNION ALL SELECT max(kept_until) FROM spendings`;
      const row = first(`SELECT max(e) AS last FROM (${ends})`) as { readonly last: number | null };
      return row.last ?? undefined;
    },
  };
}

function toLease(row: LeaseRow): Lease {
  const { budget, budget_seconds: seconds, window_start: start, window_end: end } = row;
  return {
    id: row.id,
    end: row.ends,
    budget: budget === null || seconds === null ? undefined : { characters: budget, seconds },
    window: start === null || end === null ? undefined : { start, end },
    taken: row.taken,
    takenBefore: row.taken_before,
  };
}
