/** Traces of whoever asks for them: without `FULLCOURT_TRACES` no part of OpenTelemetry is loaded. */
import type { Config } from '../../shared/config.ts';
import { tracesLost } from '../../shared/observe/events/health.ts';
import type { Log } from '../../shared/ports/index.ts';
import type { Tracer } from '../../shared/ports/tracer.ts';

const opened = new WeakMap<Config, Tracer>();

/** The tracer that was opened for a configuration; none unless {@link openTracer} has been awaited. */
export function tracerOf(config: Config): Tracer | undefined {
  return opened.get(config);
}

/** Opens the tracer a configuration asks for, once. */
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
