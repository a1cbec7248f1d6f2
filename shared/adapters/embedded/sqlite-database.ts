/** The SQLite file of a home, with its documents and messages. Several processes may have it open. */
import { DatabaseSync } from 'node:sqlite';

/**
 * Opens the file, and creates its tables when it is new. It uses a write-ahead log: a process that is killed
 * loses no committed transaction.
 * @throws Error when the file is not a database, or has the tables of another version
 */
export function openDatabase(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  // The timeout comes first: a process that opens or closes the file locks it for a moment.
  db.exec(
    'PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY',
  );
  const found = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (found !== 0 && found !== SCHEMA) {
    db.close();
    throw new Error(
      `${path} was written by another version of Fullcourt (format ${found}, this one writes ${SCHEMA}): go on with that version, or load and backfill into a new home (set FULLCOURT_HOME)`,
    );
  }
  if (found === 0) db.exec(CREATE);
  else addId(db);
  addIndexes(db);
  return db;
}

/** Adds those indexes that a home does not have yet. */
function addIndexes(db: DatabaseSync): void {
  const has = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?");
  for (const { collection, name, columns } of INDEXES)
    if (has.get(name) === undefined)
      db.exec(
        `CREATE INDEX IF NOT EXISTS ${name} ON docs (${columns.join(', ')}) WHERE collection = '${collection}'`,
      );
}

/** Copies the file as it is at one moment, also while others write to it. @throws Error when `to` exists or cannot be written */
export function copyDatabase(from: string, to: string): void {
  const db = new DatabaseSync(from);
  try {
    db.exec('PRAGMA busy_timeout = 10000');
    db.prepare('VACUUM INTO ?').run(to);
  } finally {
    db.close();
  }
}

/** Adds the column `id` to a home that has none. */
function addId(db: DatabaseSync): void {
  const hasId = (): boolean =>
    db.prepare("SELECT 1 FROM pragma_table_xinfo('docs') WHERE name = 'id'").get() !== undefined;
  if (hasId()) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have added it since the first look.
    if (!hasId()) db.exec(`ALTER TABLE docs ADD COLUMN ${ID}`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** The type and the value of a field, as look-ups and indexes write them. */
export const fieldType = (field: string): string => `json_type(data, '$."${field}"')`;
export const fieldValue = (field: string): string => `json_extract(data, '$."${field}"')`;

/**
 * What documents are looked up by. Without an index each look-up would read all documents of the collection, and a home keeps those
 * of all its runs and backfills.
 */
const INDEXES = [
  { collection: 'runs', name: 'runs_by_state', columns: [fieldValue('state'), fieldType('followed')] },
  { collection: 'runs', name: 'runs_by_table', columns: [fieldValue('table'), fieldValue('state')] },
  { collection: 'runs', name: 'runs_by_backfill', columns: [fieldValue('backfillId')] },
  { collection: 'backfills', name: 'backfills_by_state', columns: [fieldValue('state')] },
] as const;

/** Whether a collection has an index of its own. SQLite uses it for statements that name the collection in their text. */
export const hasIndex = (collection: string): boolean =>
  INDEXES.some((index) => index.collection === collection);

const SCHEMA = 2;
/** A computed column for people who read the file: the id of `runs/r1` is `r1`. */
const ID = 'id TEXT GENERATED ALWAYS AS (substr(path, length(collection) + 2)) VIRTUAL';
const CREATE = `
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS docs (
  path TEXT PRIMARY KEY, version INTEGER NOT NULL, collection TEXT NOT NULL, data TEXT NOT NULL,
  ${ID}
);
CREATE INDEX IF NOT EXISTS docs_by_collection ON docs (collection);
CREATE TABLE IF NOT EXISTS versions (id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER NOT NULL);
INSERT OR IGNORE INTO versions VALUES (1, 0);
CREATE TABLE IF NOT EXISTS messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT, subscription TEXT NOT NULL, topic TEXT NOT NULL, message_id TEXT NOT NULL,
  body TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, available_at INTEGER NOT NULL, last_error TEXT
);
CREATE INDEX IF NOT EXISTS messages_ready ON messages (subscription, available_at, id);
PRAGMA user_version = ${SCHEMA};
COMMIT;
`;
