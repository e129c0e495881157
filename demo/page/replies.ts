/** A question and what a model has answered to it. */
export interface PreparedReply {
  readonly question: string;
  readonly answer: string;
}

/** What the page can be asked without a model at hand. */
export const replies: readonly PreparedReply[] = [
  {
    question: 'Why is the sky blue?',
    answer:
      'Because air scatters blue light best. Sunlight looks white, but it holds every colour. On its way through the air ' +
      'it meets molecules far smaller than its waves, and they send the short blue waves off in all directions, while the ' +
      'long red ones pass almost straight through. So blue reaches your eyes from every part of the sky.\n\n' +
      'In the evening the light takes a longer way through the air. Most of the blue is lost before it arrives, and what ' +
      'is left for you is orange and red.',
  },
  {
    question: 'How far away is the Moon?',
    answer:
      'About 384,400 kilometres. Light takes 1.3 seconds for that; Apollo 11 took 76 hours. When Neil ' +
      'Armstrong stepped down on 20 July 1969, he spoke of “one giant leap for mankind” — and some 600 million people, ' +
      'by most estimates, were listening.\n\n' +
      'The distance isn’t fixed, by the way. It grows by 3.8 centimetres a year: about as fast as your fingernails do.',
  },
  {
    question: 'Tell me a short story.',
    answer:
      'An old lighthouse had a keeper. She spoke to ships, and not by radio: she stood on the gallery and told the dark ' +
      'whatever came to her mind. Her brother laughed. “Nobody can hear you out there,” he said.\n\n' +
      'One night the lamp failed, and fog lay on the water. She spoke until her voice was gone. In the morning a small boat ' +
      'was tied to the pier, and a stranger sat on the steps. “I only want to know,” he said, “how it ends.”',
  },
];
