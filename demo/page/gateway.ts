/** How speech is asked for: of the gateway, which gives the tokens too. */
export interface Gateway {
  readonly baseUrl: string;
  readonly token: URL;
}

/** The gateway that the server of this page tells of in the page's head. */
export function gatewayOfPage(): Gateway {
  const { content: baseUrl } = document.querySelector('meta[name="speech-gateway"]') as HTMLMetaElement;
  return { baseUrl, token: new URL(`${baseUrl}/token`) };
}
