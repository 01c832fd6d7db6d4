/**
 * Prices of AI models in USD. Written by `npm run prices`; not edited by hand.
 *
 * The figures come from
 *   - @pydantic/genai-prices 0.1.8, released 2026-09-23 (MIT, Copyright (c) Pydantic Services Inc. 2025 to present)
 *   - llm-pricing 0.18.0, released 2026-09-23 (MIT, Copyright (c) 2026 Jannchie)
 *   - the sellers' pages and what price-decisions.mjs says besides, read on 2026-11-22
 *
 * `# seller` opens a section; after it stand factors by service tier that hold for its models. A line is a model:
 * its names, prices per million tokens (i input, o output, c cached input, w cache write, l cache write for an hour,
 * q output when it reasoned), those of inputs larger than >n tokens, and factors of its own.
 */

/** The day of the prices. */
export const PRICE_TABLE_DATE = '2026-09-23';

export const PRICE_TABLE: string = `
# openai batch*0.5 fast*2 flex*0.5 priority*2
chatgpt-4o-latest i5 o15
codex-mini i1.5 o6 c0.375
ft:gpt-3.5-turbo i3 o6
ft:gpt-4o i3.75 o15
ft:gpt-4o-mini i0.3 o1.2
gpt-3.5-0301,gpt-3.5-turbo-0301 i1.5 o2
gpt-3.5-turbo,gpt-35-turbo i0.5 o1.5
gpt-3.5-turbo-0613 i1.5 o2
gpt-3.5-turbo-1106 i1 o2
gpt-3.5-turbo-16k,gpt-35-turbo-16k i3 o4
gpt-3.5-turbo-instruct i1.5 o2
gpt-4 i30 o60
gpt-4-0125-preview,gpt-4-1106-preview,gpt-4-turbo,gpt-4-turbo-0125-preview,gpt-4-turbo-preview i10 o30
gpt-4-32k i60 o120
gpt-4.1 i2 o8 c0.5 fast*1.75 priority*1.75
gpt-4.1-mini i0.4 o1.6 c0.1 fast*1.75 priority*1.75
gpt-4.1-nano i0.1 o0.4 c0.025
gpt-4.5-preview i75 o150 c37.5
gpt-4o i2.5 o10 c1.25 fast*1.7 priority*1.7
gpt-4o-2024-05-13 i5 o15 fast*1.75 priority*1.75
gpt-4o-mini i0.15 o0.6 c0.075 fast*1.666666667 priority*1.666666667
gpt-5,gpt-5-chat,gpt-5-codex i1.25 o10 c0.125
gpt-5-mini i0.25 o2 c0.025 fast*1.8 priority*1.8
gpt-5-nano i0.05 o0.4 c0.005
gpt-5-pro i15 o120
gpt-5.1,gpt-5.1-chat,gpt-5.1-codex,gpt-5.1-codex-max i1.25 o10 c0.125
gpt-5.1-codex-mini,gpt-5.1-mini i0.25 o2 c0.025 fast*1.8 priority*1.8
gpt-5.2,gpt-5.2-chat,gpt-5.2-codex i1.75 o14 c0.175
gpt-5.2-pro i21 o168
gpt-5.3,gpt-5.3-chat i1.75 o14 c0.175
gpt-5.3-codex i1.75 o14 c0.175
gpt-5.3-codex-spark i1.75 o14 c0.175
gpt-5.4 i2.5 o15 c0.25 >271999 i5 o22.5 c0.5
gpt-5.4-mini i0.75 o4.5 c0.075
gpt-5.4-nano i0.2 o1.25 c0.02
gpt-5.4-pro i30 o180 >271999 i60 o270
gpt-5.5,gpt-5.5-chat,gpt-5.5-codex i5 o30 c0.5 >271999 i10 o45 c1 fast*2.5 priority*2.5
gpt-5.5-pro i30 o180 >271999 i60 o270
gpt-5.6,gpt-5.6-sol i4 o20 c0.4 w5 >271999 i8 o30 c0.8 w10
gpt-5.6-luna i0.2 o1.2 c0.02 w0.25 >271999 i0.4 o1.8 c0.04 w0.5
gpt-5.6-terra i2 o12 c0.2 w2.5 >271999 i4 o18 c0.4 w5
gpt-6-astra i10 o50 c1 w12.5 >271999 i20 o75 c2 w25
gpt-6-luna i0.1 o0.5 c0.01 w0.125 >272000 i0.2 o0.75 c0.02 w0.25
gpt-6-sol i2 o10 c0.2 w2.5 >272000 i4 o15 c0.4 w5
gpt-6.1-sol,gpt-6.2-sol i2 o10 c0.1 w2.5 >272000 i4 o15 c0.2 w5 ultrafast*3
gpt-chat-latest i5 o30 c0.5
o1 i15 o60 c7.5
o1-mini i1.1 o4.4 c0.55
o1-preview i15 o60 c7.5
o1-pro i150 o600
o3 i2 o8 c0.5 fast*1.75 priority*1.75
o3-mini,o3-mini-high i1.1 o4.4 c0.55
o3-pro i20 o80
o4-mini,o4-mini-high i1.1 o4.4 c0.275 fast*1.818181818 priority*1.818181818
text-embedding-3-large i0.13
text-embedding-3-small i0.02
text-embedding-ada,text-embedding-ada-002-v2 i0.1
# anthropic batch*0.5
claude-3-5-haiku i0.8 o4 c0.08 w1 l1.6
claude-3-5-sonnet i3 o15 c0.3 w3.75 l6
claude-3-7-sonnet,claude-sonnet-3.7 i3 o15 c0.3 w3.75 l6
claude-3-haiku i0.25 o1.25 c0.03 w0.3 l0.5
claude-3-opus i15 o75 c1.5 w18.75 l30
claude-3-sonnet i3 o15 c0.3 w3.75 l6
claude-4-5-haiku,claude-haiku-4-5 i1 o5 c0.1 w1.25 l2
claude-4-5-opus,claude-opus-4-5 i5 o25 c0.5 w6.25 l10
claude-4-6-opus,claude-opus-4-6 i5 o25 c0.5 w6.25 l10 fast*6
claude-4-7-opus,claude-opus-4-7 i5 o25 c0.5 w6.25 l10 fast*6
claude-4-8-opus,claude-opus-4-8 i5 o25 c0.5 w6.25 l10 fast*2
claude-4-opus,claude-opus-4,claude-opus-4-0 i15 o75 c1.5 w18.75 l30
claude-4-sonnet,claude-sonnet-4,claude-sonnet-4-0 i3 o15 c0.3 w3.75 l6
claude-5-5-opus,claude-opus-5-5 i4 o20 c0.2 w5 l8
claude-5-opus,claude-5.0-opus,claude-opus-5,claude-opus-5.0 i5 o25 c0.5 w6.25 l10 fast*2
claude-5-sonnet,claude-5.0-sonnet,claude-sonnet-5,claude-sonnet-5.0 i2 o10 c0.2 w2.5 l4
claude-fable-5 i10 o50 c1 w12.5 l20
claude-fable-5-1 i10 o50 c0.25 w12.5 l20
claude-haiku-5-5 i0.1 o0.5 c0.01 w0.125 l0.2 >100000 i0.5 o2.5 c0.05 w0.625 l1
claude-mythos-5 i10 o50 c1 w12.5 l20
claude-opus-4-1 i15 o75 c1.5 w18.75 l30
claude-sonnet-4-5 i3 o15 c0.3 w3.75 l6 >200000 i6 o22.5 c0.6 w7.5 l12
claude-sonnet-4-6 i3 o15 c0.3 w3.75 l6
claude-sonnet-5-5 i2 o10 c0.1 w2.5 l4
# google batch*0.5 flex*0.5 on_demand_flex*0.5 on_demand_priority*1.8 priority*1.8
gemini-1.5-flash i0.075 o0.3 c0.01875 >128000 i0.15 o0.6 c0.0375
gemini-1.5-pro i1.25 o5 >128000 i2.5 o10
gemini-2.0-flash i0.1 o0.4 c0.025
gemini-2.0-flash-lite i0.075 o0.3
gemini-2.5-flash,gemini-2.5-flash-preview-09-2025 i0.3 o2.5 c0.03
gemini-2.5-flash-lite i0.1 o0.4 c0.01
gemini-2.5-flash-preview i0.15 o0.6
gemini-2.5-pro i1.25 o10 c0.125 >200000 i2.5 o15 c0.25
gemini-3-flash-preview i0.5 o3 c0.05
gemini-3-pro-preview,gemini-3-pro-text-preview i2 o12 c0.2 >200000 i4 o18 c0.4
gemini-3.1-flash-lite,gemini-3.1-flash-lite-preview i0.25 o1.5 c0.025
gemini-3.1-pro-preview i2 o12 c0.2 >200000 i4 o18 c0.4
gemini-3.5-flash,gemini-3.5-flash-preview i1.5 o9 c0.15
gemini-3.5-flash-lite i0.3 o2.5 c0.03
gemini-3.6-flash i0.75 o3.75 c0.075
gemini-3.7-flash i0.75 o3.75 c0.075
gemini-3.8-flash i0.75 o3.75 c0.075
gemini-embedding-001 i0.15
gemini-embedding-2 i0.2
gemini-flash-latest i1.5 o9 c0.15
gemini-flash-lite-latest i0.25 o1.5 c0.025
# mistral batch*0.5
codestral,codestral-2501 i0.3 o0.9
codestral-2508 i0.3 o0.9 c0.03
devstral-2512 i0.4 o2 c0.04
devstral-latest i0.4 o2 c0.04
devstral-medium-2507 i0.4 o2 c0.04
devstral-medium-latest i0.4 o2 c0.04
devstral-small,devstral-small-2505,devstral-small-2507,labs-devstral-small-2512 i0.1 o0.3
magistral-medium i2 o5
magistral-small i0.5 o1.5
ministral-14b-2512 i0.2 o0.2 c0.02
ministral-3b i0.04 o0.04
ministral-3b-2512 i0.1 o0.1 c0.01
ministral-8b,ministral-8b-2410 i0.1 o0.1
ministral-8b-2512 i0.15 o0.15 c0.015
ministral-8b-latest i0.15 o0.15 c0.015
mistral-7b,open-mistral-7b i0.25 o0.25
mistral-embed i0.1 o0.1
mistral-large,mistral-large-2407,mistral-large-2411 i2 o6
mistral-large-2512 i0.5 o1.5 c0.05
mistral-large-latest i0.5 o1.5 c0.05
mistral-medium,mistral-medium-2505,mistral-medium-2508,mistral-medium-3-1 i0.4 o2 c0.04
mistral-medium-2312 i2.7 o8.1
mistral-medium-2604 i1.5 o7.5 c0.15
mistral-medium-3,mistral-medium-3-5 i1.5 o7.5 c0.15
mistral-medium-latest i1.5 o7.5 c0.15
mistral-nemo,open-mistral-nemo i0.15 o0.15
mistral-saba i0.2 o0.6
mistral-small-2503 i0.1 o0.3 c0.01
mistral-small-2506 i0.1 o0.3 c0.01
mistral-small-2603 i0.15 o0.6 c0.015
mistral-small-latest i0.15 o0.6 c0.015
mistral-tiny i0.25 o0.25
mixtral-8x22b-instruct i0.9 o0.9
mixtral-8x7b,open-mixtral-8x7b i0.7 o0.7
open-mixtral-8x22b i2 o6 c0.2
pixtral-12b i0.15 o0.15
pixtral-large,pixtral-large-2411 i2 o6
# deepseek
deepseek-chat i0.14 o0.28 c0.0028
deepseek-flash,deepseek-v4-flash i0.3 o1.2 c0.006
deepseek-reasoner i0.14 o0.28 c0.0028
deepseek-v4-pro i1.32 o3.96 c0.044
# cohere
c4ai-aya-expanse-32b i0.5 o1.5
c4ai-aya-expanse-8b i0.5 o1.5
command i1 o2
command-a i2.5 o10
command-a-plus-05-2026 i2.5 o10
command-a-reasoning-08-2025 i2.5 o10
command-a-translate-08-2025 i2.5 o10
command-a-vision-07-2025 i2.5 o10
command-light i0.3 o0.6
command-r i0.15 o0.6
command-r-plus i2.5 o10
command-r7b i0.0375 o0.15
command-r7b-arabic-02-2025 i0.0375 o0.15
embed-v4.0 i0.12
# x-ai
grok-2 i2 o10
grok-2-vision i2 o10
grok-3,grok-3-beta i3 o15 c0.75
grok-3-fast,grok-3-fast-beta i5 o25 c1.25
grok-3-mini,grok-3-mini-beta i0.3 o0.5 c0.075
grok-3-mini-fast,grok-3-mini-fast-beta i0.6 o4 c0.15
grok-4 i3 o15 c0.75
grok-4-1-fast,grok-4-1-fast-reasoning i0.2 o0.5 c0.05
grok-4-1-fast-non-reasoning i0.2 o0.5 c0.05
grok-4-fast,grok-4-fast-reasoning i0.2 o0.5 c0.05
grok-4-fast-non-reasoning i0.2 o0.5 c0.05
grok-4.20 i1.25 o2.5 c0.2 >199999 i2.5 o5 c0.4
grok-4.20-0309-non-reasoning i1.25 o2.5 c0.2 >200000 i2.5 o5 c0.4
grok-4.20-0309-reasoning i1.25 o2.5 c0.2 >200000 i2.5 o5 c0.4
grok-4.20-multi-agent i1.25 o2.5 c0.2 >199999 i2.5 o5 c0.4
grok-4.3 i1.25 o2.5 c0.2 >199999 i2.5 o5 c0.4
grok-4.5,grok-latest i2 o6 c0.3 >199999 i4 o12 c0.6
grok-4.6 i2 o6 c0.5 >199999 i4 o12 c1
grok-4.7 i2 o6 c0.5 >199999 i4 o12 c1
grok-build-0.1 i1 o2 c0.2 >199999 i2 o4 c0.4
grok-code-fast,grok-code-fast-1 i0.2 o1.5 c0.02
# qwen batch*0.5
qvq-max i1.2 o4.8 c0.24 w1.5
qwen-flash i0.05 o0.4 c0.01 w0.0625
qwen-max i1.6 o6.4 c0.32 w2
qwen-plus i0.4 o1.2 c0.08 w0.5 q4 >256000 i1.2 o3.6 c0.24 w1.5 q12
qwen-turbo i0.05 o0.2 c0.01 w0.0625 q0.5
qwen-vl-max i0.8 o3.2 c0.16 w1
qwen-vl-plus i0.21 o0.63 c0.042 w0.2625
qwen2-5-14b-instruct i0.35 o1.4 c0.07 w0.4375
qwen2-5-32b-instruct i0.7 o2.8 c0.14 w0.875
qwen2-5-72b-instruct i1.4 o5.6 c0.28 w1.75
qwen2-5-7b-instruct i0.175 o0.7 c0.035 w0.21875
qwen2-5-vl-72b-instruct i2.8 o8.4 c0.56 w3.5
qwen2-5-vl-7b-instruct i0.35 o1.05 c0.07 w0.4375
qwen3-14b i0.35 o1.4 c0.07 w0.4375 q4.2
qwen3-235b-a22b i0.7 o2.8 c0.14 w0.875 q8.4
qwen3-32b i0.7 o2.8 c0.14 w0.875 q8.4
qwen3-8b i0.18 o0.7 c0.036 w0.225 q2.1
qwen3-coder-30b-a3b-instruct i0.45 o2.25 c0.09 w0.5625
qwen3-coder-480b-a35b-instruct i1.5 o7.5 c0.3 w1.875
qwen3-coder-flash i0.3 o1.5 c0.06 w0.375
qwen3-coder-plus i1 o5 c0.2 w1.25
qwen3-max i1.2 o6 c0.24 w1.5
qwen3-next-80b-a3b-instruct i0.5 o2 c0.1 w0.625
qwen3-next-80b-a3b-thinking i0.5 o6 c0.1 w0.625
qwen3-vl-235b-a22b i0.7 o2.8 c0.14 w0.875 q8.4
qwen3-vl-30b-a3b i0.2 o0.8 c0.04 w0.25 q2.4
qwen3-vl-plus i0.2 o1.6 c0.04 w0.25 q4.8
qwen3.5-122b-a10b i0.4 o3.2 c0.08 w0.5
qwen3.5-27b i0.3 o2.4 c0.06 w0.375
qwen3.5-35b-a3b i0.25 o2 c0.05 w0.3125
qwen3.5-397b-a17b i0.6 o3.6 c0.12 w0.75
qwen3.5-plus i0.4 o2.4 c0.08 w0.5
qwen3.6-27b i0.6 o3.6 c0.12 w0.75
qwen3.6-35b-a3b i0.248 o1.485 c0.0496 w0.31
qwen3.6-flash i0.1875 o1.125 c0.01875 w0.234375
qwen3.6-max-preview i1.3 o7.8 c0.13 w1.625
qwen3.6-plus i0.5 o3 c0.05 w0.625 >256000 i2 o6 c0.2 w2.5
qwen3.7-max i2.5 o7.5 c0.5 w3.125
qwen3.7-plus i0.5 o3 c0.05 w0.625 >256000 i2 o6 c0.2 w2.5
qwen3.8-max i2 o6 c0.25 w2.5
qwq-plus i0.8 o2.4 c0.16 w1
# zhipu
glm-4.5 i0.6 o2.2 c0.11
glm-4.5-air i0.2 o1.1 c0.03
glm-4.5v i0.6 o1.8
glm-4.6 i0.6 o2.2 c0.11
glm-4.6v i0.3 o0.9
glm-4.7 i0.6 o2.2 c0.11
glm-4.7-flashx i0.07 o0.4 c0.01
glm-5 i1 o3.2 c0.2
glm-5-turbo i1.2 o4 c0.24
glm-5.1 i1.4 o4.4 c0.26
glm-5.2 i1.4 o4.4 c0.26
glm-5.3 i1.4 o4.4 c0.26
glm-5.3-flash i0.15 o0.5 c0.03
glm-5v-turbo i1.2 o4 c0.24
# moonshot
kimi-k2-0711-preview i0.6 o2.5 c0.15
kimi-k2-0905-preview i0.6 o2.5 c0.15
kimi-k2-thinking i0.6 o2.5 c0.15
kimi-k2-thinking-turbo i1.15 o8 c0.15
kimi-k2-turbo-preview i1.15 o8 c0.15
kimi-k2.5 i0.6 o3 c0.1
kimi-k2.6 i0.95 o4 c0.16
kimi-k2.7-code i0.95 o4 c0.19
kimi-k2.7-code-highspeed i1.9 o8 c0.38
kimi-k3 i3 o15 c0.3
moonshot-v1-128k i2 o5
moonshot-v1-32k i1 o3
moonshot-v1-8k i0.2 o2
# amazon batch*0.5
amazon.nova-2-lite-v1 i0.33 o2.75 c0.0825
amazon.nova-lite-v1 i0.06 o0.24 c0.015
amazon.nova-micro-v1 i0.035 o0.14 c0.00875
amazon.nova-premier-v1 i2.5 o12.5 c0.625
amazon.nova-pro-v1 i0.8 o3.2 c0.2
amazon.titan-embed-text-v1 i0.1
amazon.titan-text-express-v1 i0.2 o0.6
amazon.titan-text-lite-v1 i0.15 o0.2
anthropic.claude-fable-5 i11 o55 c1.1 w13.75 l22
anthropic.claude-fable-5-1 i11 o55 c0.275 w13.75 l22
anthropic.claude-haiku-4-5 i1.1 o5.5 c0.11 w1.375 l2.2
anthropic.claude-opus-4-5 i5.5 o27.5 c0.55 w6.875 l11
anthropic.claude-opus-4-6 i5.5 o27.5 c0.55 w6.875 l11
anthropic.claude-opus-4-7 i5.5 o27.5 c0.55 w6.875 l11
anthropic.claude-opus-4-8 i5.5 o27.5 c0.55 w6.875 l11
anthropic.claude-opus-5 i5.5 o27.5 c0.55 w6.875 l11
anthropic.claude-opus-5-5 i4.4 o22 c0.22 w5.5 l8.8
anthropic.claude-sonnet-4-5 i3.3 o16.5 c0.33 w4.125 l6.6
anthropic.claude-sonnet-4-6 i3.3 o16.5 c0.33 w4.125 l6.6
anthropic.claude-sonnet-5 i2.2 o11 c0.22 w2.75 l4.4
global.amazon.nova-2-lite-v1 i0.3 o2.5 c0.075
openai.gpt-5-4 i2.75 o16.5 c0.275
openai.gpt-5-5 i5.5 o33 c0.55
openai.gpt-5-6-luna i0.22 o1.32 c0.022 w0.275 >271999 i0.44 o1.98 c0.044 w0.55
openai.gpt-5-6-sol i4.4 o22 c0.44 w5.5 >271999 i8.8 o33 c0.88 w11
openai.gpt-5-6-terra i2.2 o13.2 c0.22 w2.75 >271999 i4.4 o19.8 c0.44 w5.5
openai.gpt-oss-120b-1 i0.15 o0.6
openai.gpt-oss-20b-1 i0.07 o0.3
# groq batch*0.5
llama-3.1-405b-reasoning i0.59 o0.79
llama-3.1-70b-versatile i0.59 o0.79
llama-3.1-8b-instant i0.05 o0.08
llama-3.2-11b-text-preview i0.18 o0.18
llama-3.2-1b-preview i0.04 o0.04
llama-3.2-3b-preview i0.06 o0.06
llama-3.2-90b-text-preview i0.9 o0.9
llama-3.3-70b-specdec i0.59 o0.99
llama-3.3-70b-versatile i0.59 o0.79
llama-guard-3-8b i0.2 o0.2
llama2-70b-4096 i0.7 o0.8
llama3-70b-8192 i0.59 o0.79
llama3-8b-8192 i0.05 o0.08
llama3-groq-70b-8192-tool-use-preview i0.89 o0.89
llama3-groq-8b-8192-tool-use-preview i0.19 o0.19
meta-llama/llama-4-maverick-17b-128e-instruct i0.2 o0.6
meta-llama/llama-4-scout-17b-16e-instruct i0.11 o0.34
meta-llama/llama-guard-4-12b i0.2 o0.2
mistral-saba-24b i0.79 o0.79
mixtral-8x7b-32768 i0.24 o0.24
moonshotai/kimi-k2-instruct i1 o3 c0.5
openai/gpt-oss-120b i0.15 o0.6 c0.075
openai/gpt-oss-20b i0.075 o0.3 c0.0375
qwen/qwen3-32b i0.29 o0.59
`;
