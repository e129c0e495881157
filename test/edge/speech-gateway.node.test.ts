import { memoryCache } from '../../src/edge/cache/memory-cache.ts';
import { speechGatewaySuite } from './speech-gateway-suite.ts';

speechGatewaySuite('Node', memoryCache);
