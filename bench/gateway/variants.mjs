/**
 * @typedef {object} Variant - what stands between the page and the service
 * @property {string} name
 * @property {string} [worker] - the module of the Worker; without one the service is asked directly
 * @property {boolean} [isLogging]
 * @property {Readonly<Record<string, number | null>>} [policy] - the gateway's; null stands for Infinity
 * @property {number} [subjects] - whose requests are counted in Durable Objects, with single-use tokens
 */

/** The Worker that asks for tokens. */
export const gateway = 'gateway-worker.ts';
const budgets = { characterBudget: 1e12, concurrency: 10_000 };

/** @type {Variant} */
const direct = { name: 'no Worker' };
/** What the others are compared with. @type {Variant} */
export const passThrough = { name: 'pass-through Worker', worker: 'pass-worker.ts' };

/** @type {readonly Variant[]} */
export const requestVariants = [
  direct,
  passThrough,
  { name: 'gateway, nothing counted', worker: gateway },
  { name: 'the same, with its log', worker: gateway, isLogging: true },
  { name: 'pass-through, counted by two calls', worker: 'counting-worker.ts', subjects: 1 },
  { name: 'all guards, one subject', worker: gateway, policy: budgets, subjects: 1 },
  { name: 'all guards, 1,000 subjects', worker: gateway, policy: budgets, subjects: 1000 },
];

/** @type {readonly Variant[]} */
export const bodyVariants = [
  direct,
  passThrough,
  { name: 'gateway, nothing counted', worker: gateway },
  { name: 'all guards, 1,000 subjects', worker: gateway, policy: budgets, subjects: 1000 },
];

/** @type {readonly Variant[]} */
export const socketVariants = [
  direct,
  passThrough,
  {
    name: 'gateway, native',
    worker: gateway,
    policy: { charactersPerRequest: null, sessionSeconds: null },
    subjects: 1,
  },
  {
    name: 'gateway, counted',
    worker: gateway,
    policy: { charactersPerRequest: 1e12, sessionSeconds: 600 },
    subjects: 1,
  },
  {
    name: 'gateway, counted with a budget',
    worker: gateway,
    policy: { charactersPerRequest: 1e12, sessionSeconds: 600, ...budgets },
    subjects: 1,
  },
];
