import { describe, expect, test } from 'vitest';
import { providerName, serviceOfBaseUrl } from '../../src/ai/provider.js';

describe("OpenTelemetry's name of a provider", () => {
  test.each([
    ['openai', 'openai'],
    ['anthropic', 'anthropic'],
    ['google', 'gcp.gemini'],
    ['Gemini', 'gcp.gemini'],
    ['vertex', 'gcp.vertex_ai'],
    ['google-vertex', 'gcp.vertex_ai'],
    ['bedrock', 'aws.bedrock'],
    ['amazon-bedrock', 'aws.bedrock'],
    ['azure', 'azure.ai.openai'],
    ['azure_openai', 'azure.ai.openai'],
    ['cohere', 'cohere'],
    ['deepseek', 'deepseek'],
    ['mistral', 'mistral_ai'],
    ['groq', 'groq'],
    ['perplexity', 'perplexity'],
    ['xai', 'x_ai'],
    ['watsonx', 'ibm.watsonx.ai'],
    ['moonshot', 'moonshot_ai'],
  ])('%s is %s', (service, provider) => {
    expect(providerName(service)).toBe(provider);
  });

  test.each([
    'gcp.gemini',
    'gcp.vertex_ai',
    'gcp.gen_ai',
    'aws.bedrock',
    'azure.ai.openai',
    'azure.ai.inference',
    'mistral_ai',
    'x_ai',
    'ibm.watsonx.ai',
  ])('%s is one already', name => {
    expect(providerName(name)).toBe(name);
  });

  test.each(['zhipu', 'dashscope', 'Our Gateway', '', 'constructor', 'ОпенАИ'])('%j has none, and stays', service => {
    expect(providerName(service)).toBe(service);
  });
});

describe('the service behind a base URL', () => {
  test.each([
    ['https://api.openai.com/v1', 'openai'],
    ['https://eu.api.openai.com/v1', 'openai'],
    ['https://our-resource.openai.azure.com/openai/v1/', 'azure'],
    ['https://our-resource.services.ai.azure.com/models', 'azure'],
    ['https://api.anthropic.com', 'anthropic'],
    ['https://api.deepseek.com', 'deepseek'],
    ['https://dashscope.aliyuncs.com/compatible-mode/v1', 'dashscope'],
    ['https://dashscope-intl.aliyuncs.com/compatible-mode/v1', 'dashscope'],
    ['https://open.bigmodel.cn/api/paas/v4/', 'zhipu'],
    ['https://api.z.ai/api/paas/v4', 'zhipu'],
    ['https://api.groq.com/openai/v1', 'groq'],
    ['https://openrouter.ai/api/v1', 'openrouter'],
    ['https://api.mistral.ai/v1', 'mistral'],
    ['https://codestral.mistral.ai/v1', 'mistral'],
    ['https://generativelanguage.googleapis.com/v1beta/openai/', 'google'],
    ['https://us-central1-aiplatform.googleapis.com/v1', 'vertex'],
    ['https://aiplatform.googleapis.com/v1', 'vertex'],
    ['https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1', 'bedrock'],
    ['https://api.x.ai/v1', 'xai'],
    ['https://api.moonshot.cn/v1', 'moonshot'],
    ['https://ark.cn-beijing.volces.com/api/v3', 'volcengine'],
    ['https://us-south.ml.cloud.ibm.com', 'watsonx'],
    ['HTTPS://API.OpenAI.COM./v1', 'openai'],
  ])('%s is %s', (url, service) => {
    expect(serviceOfBaseUrl(url)).toBe(service);
  });

  test.each([
    undefined,
    '',
    'not a url',
    'api.openai.com',
    '/v1',
    'http://localhost:11434/v1',
    'http://127.0.0.1:8080/v1',
    'http://[::1]:8080/v1',
    'https://llm.internal.example.com/v1',
    'https://api.openai.com.example.org/v1',
    'https://notopenrouter.ai/v1',
    'https://example.org/api.openai.com',
    'https://api.openai.com@example.org/v1',
  ])('%s is nobody known', url => {
    expect(serviceOfBaseUrl(url)).toBeUndefined();
  });
});
