/** The service's codes that a page may read: what they tell of is the page's own doing, or nobody's. */
const passed = [
  'concurrent_limit_exceeded',
  'input_timeout_exceeded',
  'internal_server_error',
  'invalid_message',
  'invalid_voice_settings',
  'max_active_conversations',
  'max_character_limit_exceeded',
  'model_not_found',
  'rate_limit_exceeded',
  'system_busy',
  'text_not_speakable',
  'too_many_concurrent_requests',
  'unsupported_output_format',
  'voice_not_found',
] as const;

/** Whether what the service says is about the gateway's key or account. */
export function isKeyProblem(said: string): boolean {
  return /api.?key|authent|authori[sz]|permission|invalid.token|unusual.activity|quota|subscription|payment/i.test(
    said,
  );
}

/** The code that the service's words hold, if a page may read it. */
export function passedErrorCode(said: string): string | undefined {
  return passed.find((code) => said.includes(code));
}
