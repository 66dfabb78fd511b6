"""Names and fixed words of the Gemini API, which say nothing by themselves.

The API reads its JSON as protocol buffers do: every member has two spellings, `maxOutputTokens` and
`max_output_tokens`. Source: types of the package `google-genai` 3.6, November 2026, and the JSON mapping of protobuf 3.
"""

from __future__ import annotations

import re

__all__ = ["CAMEL", "NAMES", "WORDS"]

_NAMES = """
accessToken adaptationPhrases additionalProperties allowedFunctionNames alpha anyOf apiAuth apiKey apiKeyConfig
apiKeySecret apiKeySecretVersion apiKeyString apiSpec args aspectRatio audio audioMetadata audioTimestamp
audioTranscription audioTranscriptionConfig authConfig authType authorAttribution autoMode
automaticFunctionCallingHistory avgLogprobs batchEmbedContentsConfig behavior billableCharacterCount bitRate
blockReason blockReasonMessage blocked blockingConfidence boolValue cacheTokensDetails cachedContent
cachedContentTokenCount candidateCount candidates candidatesTokenCount candidatesTokensDetails category
chosenCandidates chunkId citationMetadata citations code codeExecution codeExecutionResult computerUse
confidenceScores consentAudio content contentLayers contents continuationToken createTime credentialSecret
customConfigs customMetadata customVocabulary data dataStore dataStoreSpecs datastore day default defs delivery
description diarization disableAttribution disabledSafetyPolicies displayName distanceMeters documentMetadata
documentName domain duration dynamicRetrievalConfig dynamicThreshold echoTargetLanguage elasticSearchParams
embedContentConfig embedding embeddings enableAffectiveDialog enableDataRetention enableEnhancedCivicAnswers
enablePromptInjectionDetection enableWidget enableZeroDataRetention encodedPolyline endIndex endOffset endPage endTime
endpoint engine enterpriseWebSearch enum environment exaAiSearch example excludeDomains excludedPredefinedFunctions
executableCode externalApi featureSelectionPreference fileData fileId fileSearch fileSearchStore fileSearchStoreNames
fileUri filter finishMessage finishReason finished firstPage flagContentUri format fps frequencyPenalty functionCall
functionCallingConfig functionDeclarations functionResponse gcsUri generateContentRequest generationConfig googleMaps
googleMapsUri googleMapsWidgetContextToken googleSearch googleSearchDynamicRetrievalScore googleSearchRetrieval
googleServiceAccountConfig groundingChunkIndices groundingChunks groundingMetadata groundingSupports groundingTypes
headers httpBasicAuthConfig httpElementLocation hybridSearch id idToken image imageSearch imageSearchQueries imageSize
imageUri includeServerSideToolInvocations includeThoughts index inlineData items jsonPath key labels language
languageAuto languageCode languageCodes languageHints lastPage latLng latitude level license llmRanker logProbability
logProbabilitySum logprobs logprobsResult longitude manualMode maps maxItems maxLength maxOutputTokens maxProperties
maxResults maximum mcpServers mediaId mediaProcessing mediaResolution message metadata metadataFilter method mimeType
minItems minLength minProperties minimum modality mode model modelName modelRoutingPreference modelSelectionConfig
modelStage modelStatus modelVersion month multiSpeakerVoiceConfig name nullValue nullable numHits numTokens
numberValue numericValue oauthConfig oidcConfig outcome output outputDimensionality overwrittenThreshold pageNumber
pageSpan parallelAiSearch parameters parametersJsonSchema parsed partIndex partMetadata partialArgs parts pattern
photoUri placeAnswerSources placeId places prebuiltVoiceConfig presencePenalty probability probabilityScore
promptFeedback promptTokenCount promptTokensDetails properties propertyOrdering publicationDate ragChunk ragCorpora
ragCorpus ragFileIds ragResources ragRetrievalConfig rankService ranking ref relativePublishTimeDescription
renderedContent renderedParts replicatedVoiceConfig requests required resolution response responseFormat responseId
responseJsonSchema responseLogprobs responseMimeType responseModalities responseSchema responseTokenCount
responseTokensDetails retirementTime retrieval retrievalConfig retrievalMetadata retrievalQueries retrievedContext
retrievedUrl review reviewId reviewSnippet reviewSnippets role route routing routingConfig safetyRatings
safetySettings sampleRate scheduling schema searchEntryPoint searchTemplate searchTypes seed segment serviceAccount
serviceTier severity severityScore sheetIndex signature similarityTopK simpleSearchParams sourceFlaggingUris sourceId
sourceText sourceUri speaker speakerLabel speakerVoiceConfigs speechConfig speechMetadata spreadsheetMetadata
sseReadTimeout startIndex startOffset startPage startTime statistics stopSequences store storeContext
streamFunctionCallArguments streamableHttpTransport stringListValue stringValue style systemInstruction
targetLanguageCode taskType temperature terminateOnClose text thinkingBudget thinkingConfig thinkingLevel thought
thoughtSignature thoughtsTokenCount threshold timeRangeFilter timeout title token tokenCount tokenId tokensDetails
toolCall toolConfig toolResponse toolType toolUsePromptTokenCount toolUsePromptTokensDetails tools topCandidates topK
topP totalTokenCount totalTokens trafficType translationConfig truncated type uri url urlContext urlContextMetadata
urlMetadata urlRetrievalStatus usageMetadata values vectorDistanceThreshold vectorSimilarityThreshold vertexAiSearch
vertexRagStore video videoMetadata visibleCells voice voiceConfig voiceConsentSignature voiceName voiceSampleAudio web
webSearch webSearchQueries willContinue word wordTimestamp words year
"""

NAMES = frozenset(_NAMES.split()) | {
    re.sub("[A-Z]", lambda sign: "_" + sign[0].lower(), name) for name in _NAMES.split()
}
"""Members of the API's own objects, in both spellings. Their names are no texts."""

CAMEL = {
    re.sub("[A-Z]", lambda sign: "_" + sign[0].lower(), name): name for name in _NAMES.split() if not name.islower()
}
"""The spelling with capitals of a name with underscores."""

_WORDS = """
ANY AUDIO AUTO BLOCKLIST BLOCK_LOW_AND_ABOVE BLOCK_MEDIUM_AND_ABOVE BLOCK_NONE BLOCK_ONLY_HIGH CLASSIFICATION
CLUSTERING CODE_RETRIEVAL_QUERY DOCUMENT FACT_VERIFICATION FINISH_REASON_UNSPECIFIED
HARM_CATEGORY_CIVIC_INTEGRITY HARM_CATEGORY_DANGEROUS_CONTENT HARM_CATEGORY_HARASSMENT HARM_CATEGORY_HATE_SPEECH
HARM_CATEGORY_SEXUALLY_EXPLICIT HIGH IMAGE IMAGE_SAFETY LANGUAGE LOW MALFORMED_FUNCTION_CALL MAX_TOKENS MEDIUM
MINIMAL NEGLIGIBLE NONE OFF OK ON_DEMAND OTHER OUTCOME_FAILED OUTCOME_OK PROHIBITED_CONTENT PYTHON QUESTION_ANSWERING
RECITATION RETRIEVAL_DOCUMENT RETRIEVAL_QUERY SAFETY SEMANTIC_SIMILARITY SPII STOP TEXT TOO_MANY_TOOL_CALLS
UNEXPECTED_TOOL_CALL VALIDATED VIDEO application/json application/pdf audio/mp3 audio/mpeg audio/wav function
image/gif image/jpeg image/png image/webp model system text/plain text/x.enum tool user video/mp4
"""
WORDS = frozenset(_WORDS.split())
"""Values that the API fixes, outside contents."""
