/** Words about searching what a context can be limited to. */
export const words = {
  asking: (service: string) => `Asking ${service}…`,
  nothing: "Nothing found. You can type a value.",
  known: "From what is known; any value can be typed.",
  problem: (why: string) => `The service could not be asked: ${why}. Any value can be typed.`,
  asked: (service: string) => `Found in ${service}.`,
  lists: (title: string) => `Lists over everything need the global context: a token limited to one ${title.toLowerCase()} can't call them.`,
};
