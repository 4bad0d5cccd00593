/** What a provider has no form for is asked for in words: `response_format: {type: 'json_object'}`. */
export const jsonObjectHint = 'Answer with a single JSON object and with nothing else.'
