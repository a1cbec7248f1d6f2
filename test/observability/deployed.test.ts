/** What a deployment tells its functions about logs and traces. */
import { describe, expect, it } from 'vitest';
import { targetOf } from '../../infra/apply/target.ts';
import { readConfig } from '../../shared/config.ts';
import { deployment, target } from '../support/deployment.ts';

describe('a deployment', () => {
  it('asks for no traces, and logs from INFO on', () => {
    for (const { environment } of deployment().functions) {
      expect(readConfig(environment)).toMatchObject({ log: 'info', traces: undefined });
    }
  });

  it('gives the collector of whoever deploys it to every function, and no secret', () => {
    const where = targetOf(
      { project: 'hoops-1234' },
      {
        FULLCOURT_TRACES: 'otlp',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.internal:4318',
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=very-secret',
      },
    );
    const { functions } = deployment({ ...target(), ...where });
    expect(functions.length).toBeGreaterThan(0);
    for (const { environment } of functions) {
      expect(readConfig(environment).traces).toEqual({
        endpoint: 'http://collector.internal:4318',
        headers: {},
      });
      expect(JSON.stringify(environment)).not.toContain('very-secret');
    }
  });
});
