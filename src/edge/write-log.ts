import type { GatewayCall, GatewayReply } from './gateway-call.ts';
import { subjectDigest } from './gateway-log.ts';

/** Tells the log of a request once it is over; what the log itself throws is shown and harms nobody. */
export async function writeLog(
  { settings, record }: GatewayCall,
  begun: number,
  reply: Pick<GatewayReply, 'ended'>,
): Promise<void> {
  const { log } = settings;
  try {
    const end = await reply.ended;
    if (!log) return;
    const { route = 'none', subject, token, status = 0, code, outcome = 'ended', characters, bytes } = record;
    const { cached, cause, upstream } = record;
    await log({
      event: 'speech-gateway',
      route,
      subject: subject === undefined ? undefined : await subjectDigest(subject),
      token,
      status,
      code,
      outcome: end ?? outcome,
      characters,
      bytes,
      ms: Date.now() - begun,
      cached,
      cause,
      upstream,
    });
  } catch (error) {
    // oxlint-disable-next-line no-console
    console.error(error);
  }
}
