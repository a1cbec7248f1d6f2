/** The login of the commands on the target `gcp`. */
import type { Config } from '../../../shared/config.ts';
import { RequestError } from '../../../shared/domain/failure.ts';

/** @throws RequestError that says how to log in, when nobody is */
export async function assertLogin(): Promise<void> {
  const { lackOfLogin } = await import('../../../shared/adapters/gcp/credentials.ts');
  const lack = await lackOfLogin();
  if (lack !== undefined) throw new RequestError(lack);
}

/** The error with what a person can do about it, where that is known. */
export async function advised(error: unknown, { cloud }: Config): Promise<unknown> {
  const { adviceFor } = await import('../../../shared/adapters/gcp/credentials.ts');
  const advice = adviceFor(error, cloud.database);
  return advice === undefined ? error : new RequestError(advice, { cause: error });
}
