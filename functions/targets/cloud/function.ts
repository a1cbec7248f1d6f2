/** Registers one deployed function with the functions framework, by the name of its service. */
import { http } from '@google-cloud/functions-framework';
import { readConfig, type Config } from '../../../shared/config.ts';
import { namesOf } from '../../../shared/derive/names.ts';
import { services } from '../../../shared/derive/services.ts';
import type { ArchiveStore } from '../../../shared/ports/archive.ts';
import { functionLog, pushVerifier } from './documents.ts';
import { answerPushes, endInOrder, type Consumption } from '../../edge/push.ts';
import { openTracer } from '../traces.ts';

/**
 * What a module of `consumers` exports: a handler over the ports it needs.
 * @param files where source files are, when not in the bucket
 */
export type OpenConsumer = (config: Config, files?: ArchiveStore) => Promise<Consumption>;

type Environment = Readonly<Record<string, string | undefined>>;

const configs = new WeakMap<Environment, Config>();

/** Read once, so that the services of one process share what they open. */
function configOf(env: Environment): Config {
  const config = configs.get(env) ?? readConfig(env);
  configs.set(env, config);
  return config;
}

/**
 * @param open asked for with the first message; when it fails, the next message asks again
 * @throws Error when there is no such service
 */
export function registerService(name: string, open: OpenConsumer, env: Environment = process.env): void {
  const service = services().find((each) => each.name === name);
  if (service === undefined) throw new Error(`There is no service ${name}`);
  const openTraced = async (config: Config): Promise<Consumption> => {
    const tracer = await openTracer(config, functionLog(config));
    const consumption = await open(config);
    return tracer === undefined ? consumption : { ...consumption, flush: tracer.flush };
  };
  let opened: Promise<Consumption> | undefined;
  let answer: ReturnType<typeof answerPushes> | undefined;
  http(name, async (request, response) => {
    if (answer === undefined) {
      // With the first request: the framework has installed its own listeners by then.
      if (env === process.env) endInOrder();
      const config = configOf(env);
      answer = answerPushes({
        service,
        names: namesOf(config.cloud.prefix),
        open: () => {
          opened ??= openTraced(config).catch((error: unknown) => {
            opened = undefined;
            throw error;
          });
          return opened;
        },
        verify: pushVerifier(config),
        log: functionLog(config),
      });
    }
    const { status, document } = await answer({
      method: request.method,
      headers: request.headers,
      body: request.body as unknown,
    });
    response.status(status);
    if (document === undefined) response.end();
    else response.json(document);
  });
}
