/** Which module of this folder serves which service. */
import type { Service } from '../../shared/derive/services.ts';
import type { Consumer } from '../../shared/derive/topics.ts';

export type ConsumerModule = Consumer | 'compute';

/** Only raw tables are read from source files: the other phases carry nothing that reads any. */
export function moduleOf({ consumer, phase }: Pick<Service, 'consumer' | 'phase'>): ConsumerModule {
  return consumer === 'run' && phase !== 'phase2' ? 'compute' : consumer;
}
