/** Who sells a model under its own prices: the sections of the bundled table. */
export const SELLERS = [
  'openai',
  'anthropic',
  'google',
  'mistral',
  'deepseek',
  'cohere',
  'x-ai',
  'qwen',
  'zhipu',
  'moonshot',
  'amazon',
  'groq',
] as const;

type Seller = (typeof SELLERS)[number];

/** Sells (or runs) models of others at prices that are not in the table. */
export const ELSEWHERE = 'elsewhere';

/** Names that services have in apps, in gateways' ids and in OpenTelemetry's conventions, without their punctuation. */
const ALIASES: Readonly<Record<Seller | typeof ELSEWHERE, string>> = {
  openai: 'openai azure azureopenai azureaiopenai azureai',
  anthropic: 'anthropic claude',
  google: 'google gemini googleai googlegenai googlegemini gcpgemini vertex vertexai googlevertex googlevertexai gcpvertexai gcpgenai googlegenerativeai generativeai',
  mistral: 'mistral mistralai',
  deepseek: 'deepseek',
  cohere: 'cohere',
  'x-ai': 'xai grok',
  qwen: 'qwen dashscope alibaba alibabacloud aliyun bailian tongyi modelstudio',
  zhipu: 'zhipu zhipuai bigmodel chatglm glm zai',
  moonshot: 'moonshot moonshotai kimi',
  amazon: 'amazon aws bedrock awsbedrock amazonbedrock bedrockconverse bedrockruntime',
  groq: 'groq',
  elsewhere:
    'ollama vllm sglang lmstudio llamacpp localai tgi huggingface fireworks fireworksai together togetherai deepinfra novita ' +
    'siliconflow replicate cerebras sambanova nebius baseten hyperbolic cloudflare workersai nvidia nvidianim volcengine ark github watsonx qianfan perplexity',
};

const SELLER_OF: ReadonlyMap<string, Seller | typeof ELSEWHERE> = new Map(
  Object.entries(ALIASES).flatMap(([seller, names]) => names.split(' ').map(name => [name, seller as Seller])),
);

/** Whose prices hold for a service; `undefined` where its name doesn't say. */
export function sellerOf(service: string): Seller | typeof ELSEWHERE | undefined {
  return SELLER_OF.get(service.toLowerCase().replace(/[^a-z0-9]/g, ''));
}
