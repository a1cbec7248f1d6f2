/** The environment, read once and refused early. Nothing else looks at `process.env`. */
import { resolve } from 'node:path';
import * as z from 'zod';
import { RequestError } from './domain/failure.ts';

const environment = z.object({
  FULLCOURT_TARGET: z.enum(['embedded', 'emulator', 'gcp']).default('embedded'),
  FULLCOURT_HOME: z.string().min(1).default('.fullcourt'),
  FULLCOURT_LOG: z.enum(['debug', 'info', 'warning', 'error', 'off']).default('off'),
  FULLCOURT_THREADS: z.coerce.number().int().min(1).max(256).optional(),
  FULLCOURT_MEMORY: z
    .string()
    .regex(/^\d+(MB|GB)$/)
    .default('1GB'),
});

export interface Config {
  readonly target: 'embedded' | 'emulator' | 'gcp';
  /** Folder that holds the state of the embedded target. */
  readonly home: string;
  readonly log: 'debug' | 'info' | 'warning' | 'error' | 'off';
  readonly threads: number | undefined;
  readonly memoryLimit: string;
}

/** @throws RequestError naming the variable and what it must be */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    throw new RequestError(
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
    );
  }
  const { FULLCOURT_TARGET, FULLCOURT_HOME, FULLCOURT_LOG, FULLCOURT_THREADS, FULLCOURT_MEMORY } =
    parsed.data;
  return {
    target: FULLCOURT_TARGET,
    home: resolve(FULLCOURT_HOME),
    log: FULLCOURT_LOG,
    threads: FULLCOURT_THREADS,
    memoryLimit: FULLCOURT_MEMORY,
  };
}
