/** In the place of @grafana/assistant, which the flame graph asks for a button that belongs to Grafana's own product. */
export function useAssistant(): { isAvailable: boolean } {
  return { isAvailable: false };
}

export function createAssistantContextItem(): undefined {
  return undefined;
}

export function OpenAssistantButton(): null {
  return null;
}
