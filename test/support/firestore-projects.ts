/** Firestore for contract suites: the emulator of the run, and a project of its own for each store that is opened. */
import { afterAll, beforeAll } from 'vitest';
import { findGoogleEmulators, isMissing } from '../../scripts/tools/find.ts';
import { firestoreStore, type FirestoreStore } from '../../shared/adapters/gcp/firestore-store.ts';
import { ownProject, sharedEmulator } from './run-emulators.ts';

export interface FirestoreProjects {
  /** Whether the emulator is installed here; without it nothing can be opened. */
  readonly isThere: boolean;
  /** A store that begins empty. It is closed when the suites of the file have ended. */
  readonly open: () => FirestoreStore;
}

/** To be called at the top of a file of tests. @param name of the projects, at most 16 lower-case letters */
export function firestoreProjects(name: string): FirestoreProjects {
  const isThere = !isMissing(findGoogleEmulators());
  const opened: FirestoreStore[] = [];
  let host: string | undefined;
  beforeAll(async () => {
    if (isThere) host = await sharedEmulator('firestore');
  });
  afterAll(async () => {
    await Promise.all(opened.map((store) => store.close()));
  });
  return {
    isThere,
    open: () => {
      if (host === undefined) throw new Error('the Firestore emulator does not run');
      const store = firestoreStore({
        project: ownProject(name),
        database: '(default)',
        hosts: { firestore: host, pubsub: undefined, bigquery: undefined },
      });
      opened.push(store);
      return store;
    },
  };
}
