/**
 * OpenTelemetry's names of providers, by what a service may be called, without separators.
 * Source: the well-known values of `gen_ai.provider.name` in the GenAI semantic conventions.
 */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ...named('openai', 'openai'),
  ...named('anthropic', 'anthropic claude'),
  ...named('azure.ai.openai', 'azure azureopenai azureaiopenai'),
  ...named('azure.ai.inference', 'azureai azureaiinference azureaifoundry'),
  ...named('gcp.gemini', 'google gemini googleai googlegenai googlegenerativeai gcpgemini'),
  ...named('gcp.vertex_ai', 'vertex vertexai googlevertex googlevertexai gcpvertexai'),
  ...named('gcp.gen_ai', 'gcpgenai'),
  ...named('aws.bedrock', 'bedrock awsbedrock amazonbedrock'),
  ...named('cohere', 'cohere'),
  ...named('deepseek', 'deepseek'),
  ...named('groq', 'groq'),
  ...named('ibm.watsonx.ai', 'watsonx watsonxai ibmwatsonx ibmwatsonxai'),
  ...named('mistral_ai', 'mistral mistralai'),
  ...named('moonshot_ai', 'moonshot moonshotai kimi'),
  ...named('perplexity', 'perplexity perplexityai'),
  ...named('x_ai', 'xai grok'),
]);

/** The service behind a domain and what is below it. */
const SERVICES: ReadonlyMap<string, string> = new Map([
  ...named('openai', 'api.openai.com'),
  ...named('azure', 'openai.azure.com cognitiveservices.azure.com services.ai.azure.com models.ai.azure.com'),
  ...named('github', 'models.github.ai models.inference.ai.azure.com'),
  ...named('anthropic', 'api.anthropic.com'),
  ...named('google', 'generativelanguage.googleapis.com'),
  ...named('vertex', 'aiplatform.googleapis.com'),
  ...named('mistral', 'mistral.ai'),
  ...named('groq', 'api.groq.com'),
  ...named('xai', 'api.x.ai'),
  ...named('cohere', 'api.cohere.com api.cohere.ai'),
  ...named('perplexity', 'api.perplexity.ai'),
  ...named('openrouter', 'openrouter.ai'),
  ...named('together', 'api.together.xyz api.together.ai'),
  ...named('fireworks', 'api.fireworks.ai'),
  ...named('cerebras', 'api.cerebras.ai'),
  ...named('sambanova', 'api.sambanova.ai'),
  ...named('deepinfra', 'api.deepinfra.com'),
  ...named('nvidia', 'integrate.api.nvidia.com'),
  ...named('huggingface', 'router.huggingface.co api-inference.huggingface.co'),
  ...named('watsonx', 'ml.cloud.ibm.com'),
  ...named('vercel', 'ai-gateway.vercel.sh'),
  ...named('cloudflare', 'gateway.ai.cloudflare.com'),
  ...named('ollama', 'ollama.com'),
  ...named('deepseek', 'api.deepseek.com'),
  // Not `qwen`: Alibaba's platform serves models of others too.
  ...named('dashscope', 'dashscope.aliyuncs.com dashscope-intl.aliyuncs.com dashscope-us.aliyuncs.com'),
  ...named('zhipu', 'open.bigmodel.cn api.z.ai'),
  ...named('moonshot', 'api.moonshot.cn api.moonshot.ai api.kimi.com'),
  ...named('siliconflow', 'api.siliconflow.cn api.siliconflow.com'),
  ...named('volcengine', 'volces.com'),
  ...named('hunyuan', 'hunyuan.cloud.tencent.com hunyuan.tencentcloudapi.com'),
  ...named('qianfan', 'qianfan.baidubce.com'),
  ...named('minimax', 'api.minimax.chat api.minimaxi.com api.minimax.io'),
  ...named('baichuan', 'api.baichuan-ai.com'),
  ...named('stepfun', 'api.stepfun.com'),
]);

/** Services whose hosts hold a region in the middle. */
const REGIONAL: readonly (readonly [RegExp, string])[] = [
  [/^bedrock[\w-]*\.[\w-]+\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/, 'bedrock'],
  [/^[\w-]+-aiplatform\.googleapis\.com$/, 'vertex'],
];

/**
 * The provider's name for `gen_ai.provider.name`: OpenTelemetry's, where it has one for the service, else the service
 * as it is called.
 *
 * @example providerName('mistral') // 'mistral_ai'
 */
export function providerName(service: string): string {
  return PROVIDERS.get(service) ?? PROVIDERS.get(service.toLowerCase().replace(/[^a-z0-9]/g, '')) ?? service;
}

/**
 * The service an OpenAI-compatible client talks to, by its base URL.
 *
 * @returns `undefined` for hosts nobody knows: this machine, a company's own gateway
 * @example serviceOfBaseUrl('https://api.deepseek.com/v1') // 'deepseek'
 */
export function serviceOfBaseUrl(url: string | undefined): string | undefined {
  const host = hostOf(url);
  if (host === undefined) return undefined;
  // The host itself, then the domains it is in.
  for (let domain = host; domain.includes('.'); domain = domain.slice(domain.indexOf('.') + 1)) {
    const service = SERVICES.get(domain);
    if (service !== undefined) return service;
  }
  return REGIONAL.find(([pattern]) => pattern.test(host))?.[1];
}

function hostOf(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  try {
    return new URL(url).hostname.toLowerCase().replace(/\.$/, '');
  } catch {
    return undefined;
  }
}

function named(name: string, others: string): [string, string][] {
  return others.split(' ').map(other => [other, name]);
}
