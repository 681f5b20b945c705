/** The OpenAPI 3.1 document of the collector. */
export function openApiDocument(): object {
  return { openapi: '3.1.0', info: { title: 'Tradewind collector', version: '1' }, paths: {} };
}
