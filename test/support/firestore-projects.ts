/** Firestore for contract suites: one emulator for each file, and a project of its own for each store that is opened. */
import { afterAll, beforeAll } from 'vitest';
import { startFirestore, type Emulator } from '../../scripts/tools/emulators.ts';
import { findGoogleEmulators, isMissing } from '../../scripts/tools/find.ts';
import { firestoreStore, type FirestoreStore } from '../../shared/adapters/gcp/firestore-store.ts';

export interface FirestoreProjects {
  /** Whether the emulator is installed here; without it nothing can be opened. */
  readonly isThere: boolean;
  /** A store that begins empty. It is closed when the suites of the file have ended. */
  readonly open: () => FirestoreStore;
}

/** To be called at the top of a file of tests. @param name of the projects, in lower-case letters */
export function firestoreProjects(name: string): FirestoreProjects {
  const isThere = !isMissing(findGoogleEmulators());
  const opened: FirestoreStore[] = [];
  let emulator: Emulator | undefined;
  beforeAll(async () => {
    if (isThere) emulator = await startFirestore();
  });
  afterAll(async () => {
    await Promise.all(opened.map((store) => store.close()));
    await emulator?.stop();
  });
  return {
    isThere,
    open: () => {
      if (emulator === undefined) throw new Error('the Firestore emulator does not run');
      const store = firestoreStore({
        project: `demo-${name}-${opened.length + 1}`,
        database: '(default)',
        hosts: { firestore: emulator.host, pubsub: undefined, bigquery: undefined },
      });
      opened.push(store);
      return store;
    },
  };
}
