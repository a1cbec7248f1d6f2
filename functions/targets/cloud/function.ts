/** Registers a deployed function with the functions framework, under the name of its service. */
import { http } from '@google-cloud/functions-framework';
import { environment, readConfig, type Config, type Environment } from '../../../shared/config.ts';
import { RequestError } from '../../../shared/domain/failure.ts';
import { namesOf } from '../../../shared/derive/names.ts';
import { services } from '../../../shared/derive/services.ts';
import type { ServiceHandler } from '../../services/service.ts';
import type { DocumentContext } from '../../steps/context.ts';
import type { ArchiveStore } from '../../../shared/ports/archive.ts';
import { functionLog, pushVerifier } from './documents.ts';
import { answerPushes, endInOrder, type Consumption } from '../../edge/push.ts';
import { openTracer } from '../traces.ts';

/** Opens the context and the handler of a function. */
export type OpenService = (config: Config) => Promise<Consumption>;

/**
 * Loads the module of a service and of its context, and makes the handler.
 * @param service the imported module of the service
 * @param contexts the imported module that opens its context
 * @param files the archive of source files; by default the bucket of the deployment
 */
export async function openService<Context extends DocumentContext>(
  config: Config,
  service: Promise<{ readonly handler: ServiceHandler<Context> }>,
  contexts: Promise<{ readonly openContext: (config: Config, files?: ArchiveStore) => Context }>,
  files?: ArchiveStore,
): Promise<Consumption> {
  const [{ handler }, { openContext }] = await Promise.all([service, contexts]);
  const context = openContext(config, files);
  return { context, handle: handler(context) };
}

const configs = new WeakMap<Environment, Config>();

/** Reads the configuration once, so that the services of one process share their clients. */
function configOf(env: Environment): Config {
  const config = configs.get(env) ?? readConfig(env);
  configs.set(env, config);
  return config;
}

/** Refuses to serve on Google Cloud without the settings that say who may push. A revision that ends so never gets a message. */
function refuseIfOpen(env: Environment): void {
  const { target, isDeployed, cloud } = configOf(env);
  if (isDeployed && target !== 'gcp')
    throw new RequestError(`FULLCOURT_TARGET: a deployed function is on the target gcp, not ${target}`);
  if (target === 'gcp' && cloud.push === undefined)
    throw new RequestError(
      'FULLCOURT_PUSH_ACCOUNT and FULLCOURT_PUSH_AUDIENCE: on the target gcp a function does not start without them, because it would answer anybody',
    );
}

/**
 * Registers the function that answers the pushes of a service.
 * @param open called at the first message; when it fails, the next message calls it again
 * @throws Error when there is no such service
 * @throws RequestError when the function would answer anybody: on Google Cloud it must know who may push
 */
export function registerService(name: string, open: OpenService, env: Environment = environment): void {
  const service = services().find((each) => each.name === name);
  if (service === undefined) throw new Error(`There is no service ${name}`);
  refuseIfOpen(env);
  const openTraced = async (config: Config): Promise<Consumption> => {
    const tracer = await openTracer(config, functionLog(config));
    const consumption = await open(config);
    return tracer === undefined ? consumption : { ...consumption, flush: tracer.flush };
  };
  let opened: Promise<Consumption> | undefined;
  let answer: ReturnType<typeof answerPushes> | undefined;
  http(name, async (request, response) => {
    if (answer === undefined) {
      // At the first request, because the framework has installed its own listeners by then.
      if (env === environment) endInOrder();
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
        isLocal: config.target === 'emulator',
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
