/** The tracer of a configuration. OpenTelemetry is loaded only when `FULLCOURT_TRACES` asks for it. */
import type { Config } from '../../shared/config.ts';
import { tracesLost } from '../../shared/observe/events/health.ts';
import type { Log } from '../../shared/ports/index.ts';
import type { Tracer } from '../../shared/ports/tracer.ts';

const opened = new WeakMap<Config, Tracer>();

/** The tracer that {@link openTracer} has opened for a configuration; undefined when it has not. */
export function tracerOf(config: Config): Tracer | undefined {
  return opened.get(config);
}

/** Opens the tracer of a configuration, once. @returns undefined when the configuration asks for none */
export async function openTracer(config: Config, log: Log): Promise<Tracer | undefined> {
  const { traces } = config;
  if (traces === undefined) return undefined;
  const { otlpTracer } = await import('../../shared/adapters/otel/tracing.ts');
  const tracer =
    opened.get(config) ??
    otlpTracer({
      endpoint: traces.endpoint,
      headers: traces.headers,
      resource: {
        'service.name': `${config.cloud.prefix}fullcourt`,
        'deployment.environment.name': config.target,
        ...(config.cloud.project === ''
          ? {}
          : { 'gcp.project_id': config.cloud.project, 'cloud.region': config.cloud.region }),
      },
      onLoss: (detail) => tracesLost({ log }, { detail }),
    });
  opened.set(config, tracer);
  return tracer;
}
