/** Finds the tools that the emulator target and some test suites need beside Node. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment } from '../../shared/config.ts';

/** A tool was not found. */
export interface Missing {
  /** What is missing and how to install it, in words. */
  readonly missing: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Folder of the private Python environments: `FULLCOURT_TOOLS`, or `.tools` in the project. */
export const toolsFolder = resolve(root, environment['FULLCOURT_TOOLS'] ?? '.tools');

/** Whether a tool was not found. */
export function isMissing<T extends object>(found: T | Missing): found is Missing {
  return 'missing' in found;
}

/** The path of a command that is on the PATH; undefined when it is not. */
export function onPath(command: string): string | undefined {
  return (environment['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, command))
    .find((file) => existsSync(file));
}

/** Paths of the Google Cloud SDK and of its programs. */
export interface GoogleSdk {
  readonly gcloud: string;
  readonly bq: string;
  /** Folder of the SDK. */
  readonly root: string;
}

/** Finds the Google Cloud SDK by `gcloud` on the PATH. */
export function findGoogleSdk(): GoogleSdk | Missing {
  const gcloud = onPath('gcloud');
  if (gcloud === undefined) return { missing: 'gcloud is not on the PATH (install the Google Cloud SDK)' };
  const sdk = dirname(dirname(realpathSync(gcloud)));
  return { gcloud, bq: onPath('bq') ?? join(sdk, 'bin', 'bq'), root: sdk };
}

/** Paths of Java and of the emulators. */
export interface GoogleEmulators {
  readonly java: string;
  readonly pubsubJar: string;
  readonly firestoreJar: string;
}

/** Finds the Pub/Sub and Firestore emulators of the Google Cloud SDK. */
export function findGoogleEmulators(): GoogleEmulators | Missing {
  const sdk = findGoogleSdk();
  if (isMissing(sdk)) return sdk;
  const java = onPath('java');
  if (java === undefined) return { missing: 'java is not on the PATH (17 or newer)' };
  const pubsubFolder = join(sdk.root, 'platform', 'pubsub-emulator', 'lib');
  const pubsubJar = existsSync(pubsubFolder)
    ? readdirSync(pubsubFolder).find((name) => /^cloud-pubsub-emulator-.*-all\.jar$/.test(name))
    : undefined;
  const firestoreJar = join(sdk.root, 'platform', 'cloud-firestore-emulator', 'cloud-firestore-emulator.jar');
  if (pubsubJar === undefined || !existsSync(firestoreJar))
    return {
      missing:
        'the emulators are not installed (gcloud components install pubsub-emulator cloud-firestore-emulator)',
    };
  return { java, pubsubJar: join(pubsubFolder, pubsubJar), firestoreJar };
}

/**
 * The private Python environments: a BigQuery server, GoogleSQL's reference implementation, Google's
 * clients, and XGBoost.
 */
export const PYTHON_TOOLS = ['bqemulator', 'zetasql', 'clients', 'xgboost'] as const;
/** The name of a private Python environment. */
export type PythonTool = (typeof PYTHON_TOOLS)[number];

/** Finds the Python interpreter of an environment that `npm run tools` has installed. */
export function findPythonTool(
  tool: PythonTool,
): { readonly python: string; readonly folder: string } | Missing {
  const folder = join(toolsFolder, tool);
  const python = join(folder, 'bin', 'python');
  // `installed.json` is written last, so an interrupted installation does not count.
  return existsSync(python) && existsSync(join(folder, 'installed.json'))
    ? { python, folder }
    : { missing: `${tool} is not installed (npm run tools -- ${tool})` };
}
