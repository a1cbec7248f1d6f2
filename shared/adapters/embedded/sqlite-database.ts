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
  return db;
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
