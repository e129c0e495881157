/** The subprotocol of a page's WebSocket to the app's gateway: the only one that the gateway's answer repeats. */
export const gatewayProtocol = 'saylight.v1';

/** What stands before the token, in the subprotocol that carries it: a page's WebSocket can't have headers. */
export const tokenProtocolPrefix = 'saylight.token.';
