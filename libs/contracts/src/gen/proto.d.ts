import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace tradewind. */
export namespace tradewind {

    /** Namespace catalog. */
    namespace catalog {

        /** Namespace v1. */
        namespace v1 {

            /**
             * Properties of an Item.
             * @deprecated Use tradewind.catalog.v1.Item.$Properties instead.
             */
            interface IItem extends tradewind.catalog.v1.Item.$Properties {
            }

            /** Represents an Item. */
            class Item {

                /**
                 * Constructs a new Item.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: tradewind.catalog.v1.Item.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Item itemId. */
                itemId: string;

                /** Item sourceId. */
                sourceId: string;

                /** Item title. */
                title: string;

                /** Item description. */
                description: string;

                /** Item category. */
                category: string;

                /** Item priceMinor. */
                priceMinor: number;

                /** Item currency. */
                currency: string;

                /** Item updatedAtMs. */
                updatedAtMs: number;

                /** Item attributesJson. */
                attributesJson: Uint8Array;

                /**
                 * Encodes the specified Item message. Does not implicitly {@link tradewind.catalog.v1.Item.verify|verify} messages.
                 * @param message Item message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: tradewind.catalog.v1.Item.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Item message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {tradewind.catalog.v1.Item & tradewind.catalog.v1.Item.$Shape} Item
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tradewind.catalog.v1.Item & tradewind.catalog.v1.Item.$Shape;
            }

            namespace Item {

                /** Properties of an Item. */
                interface $Properties {

                    /** Item itemId */
                    itemId?: (string|null);

                    /** Item sourceId */
                    sourceId?: (string|null);

                    /** Item title */
                    title?: (string|null);

                    /** Item description */
                    description?: (string|null);

                    /** Item category */
                    category?: (string|null);

                    /** Item priceMinor */
                    priceMinor?: (number|null);

                    /** Item currency */
                    currency?: (string|null);

                    /** Item updatedAtMs */
                    updatedAtMs?: (number|null);

                    /** Item attributesJson */
                    attributesJson?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Item. */
                type $Shape = tradewind.catalog.v1.Item.$Properties;
            }
        }
    }

    /** Namespace clickstream. */
    namespace clickstream {

        /** Namespace v1. */
        namespace v1 {

            /** EventType enum. */
            enum EventType {

                /** EVENT_TYPE_UNSPECIFIED value */
                EVENT_TYPE_UNSPECIFIED = 0,

                /** EVENT_TYPE_TRACK value */
                EVENT_TYPE_TRACK = 1,

                /** EVENT_TYPE_IDENTIFY value */
                EVENT_TYPE_IDENTIFY = 2,

                /** EVENT_TYPE_PAGE value */
                EVENT_TYPE_PAGE = 3,

                /** EVENT_TYPE_SCREEN value */
                EVENT_TYPE_SCREEN = 4,

                /** EVENT_TYPE_GROUP value */
                EVENT_TYPE_GROUP = 5,

                /** EVENT_TYPE_ALIAS value */
                EVENT_TYPE_ALIAS = 6
            }

            /**
             * Properties of a LineItem.
             * @deprecated Use tradewind.clickstream.v1.LineItem.$Properties instead.
             */
            interface ILineItem extends tradewind.clickstream.v1.LineItem.$Properties {
            }

            /** Represents a LineItem. */
            class LineItem {

                /**
                 * Constructs a new LineItem.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: tradewind.clickstream.v1.LineItem.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** LineItem productId. */
                productId: string;

                /** LineItem quantity. */
                quantity: number;

                /** LineItem priceMinor. */
                priceMinor: number;

                /**
                 * Encodes the specified LineItem message. Does not implicitly {@link tradewind.clickstream.v1.LineItem.verify|verify} messages.
                 * @param message LineItem message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: tradewind.clickstream.v1.LineItem.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a LineItem message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {tradewind.clickstream.v1.LineItem & tradewind.clickstream.v1.LineItem.$Shape} LineItem
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tradewind.clickstream.v1.LineItem & tradewind.clickstream.v1.LineItem.$Shape;
            }

            namespace LineItem {

                /** Properties of a LineItem. */
                interface $Properties {

                    /** LineItem productId */
                    productId?: (string|null);

                    /** LineItem quantity */
                    quantity?: (number|null);

                    /** LineItem priceMinor */
                    priceMinor?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a LineItem. */
                type $Shape = tradewind.clickstream.v1.LineItem.$Properties;
            }

            /**
             * Properties of an Enrichment.
             * @deprecated Use tradewind.clickstream.v1.Enrichment.$Properties instead.
             */
            interface IEnrichment extends tradewind.clickstream.v1.Enrichment.$Properties {
            }

            /** Represents an Enrichment. */
            class Enrichment {

                /**
                 * Constructs a new Enrichment.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: tradewind.clickstream.v1.Enrichment.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Enrichment browser. */
                browser: string;

                /** Enrichment os. */
                os: string;

                /** Enrichment device. */
                device: string;

                /** Enrichment country. */
                country: string;

                /** Enrichment region. */
                region: string;

                /** Enrichment city. */
                city: string;

                /** Enrichment referrerHost. */
                referrerHost: string;

                /** Enrichment medium. */
                medium: string;

                /** Enrichment campaignSource. */
                campaignSource: string;

                /** Enrichment campaignMedium. */
                campaignMedium: string;

                /** Enrichment campaignName. */
                campaignName: string;

                /** Enrichment campaignTerm. */
                campaignTerm: string;

                /** Enrichment campaignContent. */
                campaignContent: string;

                /** Enrichment bot. */
                bot: boolean;

                /** Enrichment internal. */
                internal: boolean;

                /**
                 * Encodes the specified Enrichment message. Does not implicitly {@link tradewind.clickstream.v1.Enrichment.verify|verify} messages.
                 * @param message Enrichment message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: tradewind.clickstream.v1.Enrichment.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Enrichment message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {tradewind.clickstream.v1.Enrichment & tradewind.clickstream.v1.Enrichment.$Shape} Enrichment
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tradewind.clickstream.v1.Enrichment & tradewind.clickstream.v1.Enrichment.$Shape;
            }

            namespace Enrichment {

                /** Properties of an Enrichment. */
                interface $Properties {

                    /** Enrichment browser */
                    browser?: (string|null);

                    /** Enrichment os */
                    os?: (string|null);

                    /** Enrichment device */
                    device?: (string|null);

                    /** Enrichment country */
                    country?: (string|null);

                    /** Enrichment region */
                    region?: (string|null);

                    /** Enrichment city */
                    city?: (string|null);

                    /** Enrichment referrerHost */
                    referrerHost?: (string|null);

                    /** Enrichment medium */
                    medium?: (string|null);

                    /** Enrichment campaignSource */
                    campaignSource?: (string|null);

                    /** Enrichment campaignMedium */
                    campaignMedium?: (string|null);

                    /** Enrichment campaignName */
                    campaignName?: (string|null);

                    /** Enrichment campaignTerm */
                    campaignTerm?: (string|null);

                    /** Enrichment campaignContent */
                    campaignContent?: (string|null);

                    /** Enrichment bot */
                    bot?: (boolean|null);

                    /** Enrichment internal */
                    internal?: (boolean|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Enrichment. */
                type $Shape = tradewind.clickstream.v1.Enrichment.$Properties;
            }

            /**
             * Properties of an Event.
             * @deprecated Use tradewind.clickstream.v1.Event.$Properties instead.
             */
            interface IEvent extends tradewind.clickstream.v1.Event.$Properties {
            }

            /** Represents an Event. */
            class Event {

                /**
                 * Constructs a new Event.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: tradewind.clickstream.v1.Event.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Event messageId. */
                messageId: string;

                /** Event type. */
                type: tradewind.clickstream.v1.EventType;

                /** Event sourceId. */
                sourceId: string;

                /** Event userKey. */
                userKey: string;

                /** Event userId. */
                userId: string;

                /** Event anonymousId. */
                anonymousId: string;

                /** Event previousId. */
                previousId: string;

                /** Event groupId. */
                groupId: string;

                /** Event name. */
                name: string;

                /** Event occurredAtMs. */
                occurredAtMs: number;

                /** Event receivedAtMs. */
                receivedAtMs: number;

                /** Event orderId. */
                orderId: string;

                /** Event valueMinor. */
                valueMinor: number;

                /** Event currency. */
                currency: string;

                /** Event items. */
                items: tradewind.clickstream.v1.LineItem.$Properties[];

                /** Event payloadJson. */
                payloadJson: Uint8Array;

                /** Event enrichment. */
                enrichment?: (tradewind.clickstream.v1.Enrichment.$Properties|null);

                /** Event deniedPurposes. */
                deniedPurposes: string[];

                /** Event trackingPlan. */
                trackingPlan: string;

                /** Event violationCount. */
                violationCount: number;

                /**
                 * Encodes the specified Event message. Does not implicitly {@link tradewind.clickstream.v1.Event.verify|verify} messages.
                 * @param message Event message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: tradewind.clickstream.v1.Event.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Event message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {tradewind.clickstream.v1.Event & tradewind.clickstream.v1.Event.$Shape} Event
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tradewind.clickstream.v1.Event & tradewind.clickstream.v1.Event.$Shape;
            }

            namespace Event {

                /** Properties of an Event. */
                interface $Properties {

                    /** Event messageId */
                    messageId?: (string|null);

                    /** Event type */
                    type?: (tradewind.clickstream.v1.EventType|null);

                    /** Event sourceId */
                    sourceId?: (string|null);

                    /** Event userKey */
                    userKey?: (string|null);

                    /** Event userId */
                    userId?: (string|null);

                    /** Event anonymousId */
                    anonymousId?: (string|null);

                    /** Event previousId */
                    previousId?: (string|null);

                    /** Event groupId */
                    groupId?: (string|null);

                    /** Event name */
                    name?: (string|null);

                    /** Event occurredAtMs */
                    occurredAtMs?: (number|null);

                    /** Event receivedAtMs */
                    receivedAtMs?: (number|null);

                    /** Event orderId */
                    orderId?: (string|null);

                    /** Event valueMinor */
                    valueMinor?: (number|null);

                    /** Event currency */
                    currency?: (string|null);

                    /** Event items */
                    items?: (tradewind.clickstream.v1.LineItem.$Properties[]|null);

                    /** Event payloadJson */
                    payloadJson?: (Uint8Array|null);

                    /** Event enrichment */
                    enrichment?: (tradewind.clickstream.v1.Enrichment.$Properties|null);

                    /** Event deniedPurposes */
                    deniedPurposes?: (string[]|null);

                    /** Event trackingPlan */
                    trackingPlan?: (string|null);

                    /** Event violationCount */
                    violationCount?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Event. */
                type $Shape = tradewind.clickstream.v1.Event.$Properties;
            }

            /**
             * Properties of a RejectedEvent.
             * @deprecated Use tradewind.clickstream.v1.RejectedEvent.$Properties instead.
             */
            interface IRejectedEvent extends tradewind.clickstream.v1.RejectedEvent.$Properties {
            }

            /** Represents a RejectedEvent. */
            class RejectedEvent {

                /**
                 * Constructs a new RejectedEvent.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: tradewind.clickstream.v1.RejectedEvent.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** RejectedEvent sourceId. */
                sourceId: string;

                /** RejectedEvent code. */
                code: string;

                /** RejectedEvent reason. */
                reason: string;

                /** RejectedEvent original. */
                original: Uint8Array;

                /** RejectedEvent receivedAtMs. */
                receivedAtMs: number;

                /** RejectedEvent messageId. */
                messageId: string;

                /**
                 * Encodes the specified RejectedEvent message. Does not implicitly {@link tradewind.clickstream.v1.RejectedEvent.verify|verify} messages.
                 * @param message RejectedEvent message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: tradewind.clickstream.v1.RejectedEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a RejectedEvent message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {tradewind.clickstream.v1.RejectedEvent & tradewind.clickstream.v1.RejectedEvent.$Shape} RejectedEvent
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tradewind.clickstream.v1.RejectedEvent & tradewind.clickstream.v1.RejectedEvent.$Shape;
            }

            namespace RejectedEvent {

                /** Properties of a RejectedEvent. */
                interface $Properties {

                    /** RejectedEvent sourceId */
                    sourceId?: (string|null);

                    /** RejectedEvent code */
                    code?: (string|null);

                    /** RejectedEvent reason */
                    reason?: (string|null);

                    /** RejectedEvent original */
                    original?: (Uint8Array|null);

                    /** RejectedEvent receivedAtMs */
                    receivedAtMs?: (number|null);

                    /** RejectedEvent messageId */
                    messageId?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a RejectedEvent. */
                type $Shape = tradewind.clickstream.v1.RejectedEvent.$Properties;
            }

            /**
             * Properties of a Violation.
             * @deprecated Use tradewind.clickstream.v1.Violation.$Properties instead.
             */
            interface IViolation extends tradewind.clickstream.v1.Violation.$Properties {
            }

            /** Represents a Violation. */
            class Violation {

                /**
                 * Constructs a new Violation.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: tradewind.clickstream.v1.Violation.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Violation violationId. */
                violationId: string;

                /** Violation sourceId. */
                sourceId: string;

                /** Violation messageId. */
                messageId: string;

                /** Violation userKey. */
                userKey: string;

                /** Violation eventType. */
                eventType: string;

                /** Violation eventName. */
                eventName: string;

                /** Violation planId. */
                planId: string;

                /** Violation planVersion. */
                planVersion: string;

                /** Violation mode. */
                mode: string;

                /** Violation field. */
                field: string;

                /** Violation violationType. */
                violationType: string;

                /** Violation description. */
                description: string;

                /** Violation occurredAtMs. */
                occurredAtMs: number;

                /** Violation receivedAtMs. */
                receivedAtMs: number;

                /**
                 * Encodes the specified Violation message. Does not implicitly {@link tradewind.clickstream.v1.Violation.verify|verify} messages.
                 * @param message Violation message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: tradewind.clickstream.v1.Violation.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Violation message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {tradewind.clickstream.v1.Violation & tradewind.clickstream.v1.Violation.$Shape} Violation
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tradewind.clickstream.v1.Violation & tradewind.clickstream.v1.Violation.$Shape;
            }

            namespace Violation {

                /** Properties of a Violation. */
                interface $Properties {

                    /** Violation violationId */
                    violationId?: (string|null);

                    /** Violation sourceId */
                    sourceId?: (string|null);

                    /** Violation messageId */
                    messageId?: (string|null);

                    /** Violation userKey */
                    userKey?: (string|null);

                    /** Violation eventType */
                    eventType?: (string|null);

                    /** Violation eventName */
                    eventName?: (string|null);

                    /** Violation planId */
                    planId?: (string|null);

                    /** Violation planVersion */
                    planVersion?: (string|null);

                    /** Violation mode */
                    mode?: (string|null);

                    /** Violation field */
                    field?: (string|null);

                    /** Violation violationType */
                    violationType?: (string|null);

                    /** Violation description */
                    description?: (string|null);

                    /** Violation occurredAtMs */
                    occurredAtMs?: (number|null);

                    /** Violation receivedAtMs */
                    receivedAtMs?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Violation. */
                type $Shape = tradewind.clickstream.v1.Violation.$Properties;
            }
        }
    }

    /** Namespace identity. */
    namespace identity {

        /** Namespace v1. */
        namespace v1 {

            /**
             * Properties of a Link.
             * @deprecated Use tradewind.identity.v1.Link.$Properties instead.
             */
            interface ILink extends tradewind.identity.v1.Link.$Properties {
            }

            /** Represents a Link. */
            class Link {

                /**
                 * Constructs a new Link.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: tradewind.identity.v1.Link.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Link sourceId. */
                sourceId: string;

                /** Link aliasId. */
                aliasId: string;

                /** Link canonicalId. */
                canonicalId: string;

                /** Link messageId. */
                messageId: string;

                /** Link linkedAtMs. */
                linkedAtMs: number;

                /**
                 * Encodes the specified Link message. Does not implicitly {@link tradewind.identity.v1.Link.verify|verify} messages.
                 * @param message Link message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: tradewind.identity.v1.Link.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Link message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {tradewind.identity.v1.Link & tradewind.identity.v1.Link.$Shape} Link
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tradewind.identity.v1.Link & tradewind.identity.v1.Link.$Shape;
            }

            namespace Link {

                /** Properties of a Link. */
                interface $Properties {

                    /** Link sourceId */
                    sourceId?: (string|null);

                    /** Link aliasId */
                    aliasId?: (string|null);

                    /** Link canonicalId */
                    canonicalId?: (string|null);

                    /** Link messageId */
                    messageId?: (string|null);

                    /** Link linkedAtMs */
                    linkedAtMs?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Link. */
                type $Shape = tradewind.identity.v1.Link.$Properties;
            }
        }
    }

    /** Namespace models. */
    namespace models {

        /** Namespace v1. */
        namespace v1 {

            /** ReleaseStage enum. */
            enum ReleaseStage {

                /** RELEASE_STAGE_UNSPECIFIED value */
                RELEASE_STAGE_UNSPECIFIED = 0,

                /** RELEASE_STAGE_LIVE value */
                RELEASE_STAGE_LIVE = 1,

                /** RELEASE_STAGE_SHADOW value */
                RELEASE_STAGE_SHADOW = 2,

                /** RELEASE_STAGE_RETIRED value */
                RELEASE_STAGE_RETIRED = 3
            }

            /**
             * Properties of a Release.
             * @deprecated Use tradewind.models.v1.Release.$Properties instead.
             */
            interface IRelease extends tradewind.models.v1.Release.$Properties {
            }

            /** Represents a Release. */
            class Release {

                /**
                 * Constructs a new Release.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: tradewind.models.v1.Release.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Release model. */
                model: string;

                /** Release version. */
                version: string;

                /** Release stage. */
                stage: tradewind.models.v1.ReleaseStage;

                /** Release sha256. */
                sha256: string;

                /** Release manifestJson. */
                manifestJson: Uint8Array;

                /** Release releasedAtMs. */
                releasedAtMs: number;

                /**
                 * Encodes the specified Release message. Does not implicitly {@link tradewind.models.v1.Release.verify|verify} messages.
                 * @param message Release message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: tradewind.models.v1.Release.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Release message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {tradewind.models.v1.Release & tradewind.models.v1.Release.$Shape} Release
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tradewind.models.v1.Release & tradewind.models.v1.Release.$Shape;
            }

            namespace Release {

                /** Properties of a Release. */
                interface $Properties {

                    /** Release model */
                    model?: (string|null);

                    /** Release version */
                    version?: (string|null);

                    /** Release stage */
                    stage?: (tradewind.models.v1.ReleaseStage|null);

                    /** Release sha256 */
                    sha256?: (string|null);

                    /** Release manifestJson */
                    manifestJson?: (Uint8Array|null);

                    /** Release releasedAtMs */
                    releasedAtMs?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Release. */
                type $Shape = tradewind.models.v1.Release.$Properties;
            }
        }
    }

    /** Namespace privacy. */
    namespace privacy {

        /** Namespace v1. */
        namespace v1 {

            /** Regulation enum. */
            enum Regulation {

                /** REGULATION_UNSPECIFIED value */
                REGULATION_UNSPECIFIED = 0,

                /** REGULATION_SUPPRESS value */
                REGULATION_SUPPRESS = 1,

                /** REGULATION_UNSUPPRESS value */
                REGULATION_UNSUPPRESS = 2,

                /** REGULATION_SUPPRESS_AND_ERASE value */
                REGULATION_SUPPRESS_AND_ERASE = 3,

                /** REGULATION_ERASE value */
                REGULATION_ERASE = 4
            }

            /**
             * Properties of a Suppression.
             * @deprecated Use tradewind.privacy.v1.Suppression.$Properties instead.
             */
            interface ISuppression extends tradewind.privacy.v1.Suppression.$Properties {
            }

            /** Represents a Suppression. */
            class Suppression {

                /**
                 * Constructs a new Suppression.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: tradewind.privacy.v1.Suppression.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Suppression sourceId. */
                sourceId: string;

                /** Suppression id. */
                id: string;

                /** Suppression regulation. */
                regulation: tradewind.privacy.v1.Regulation;

                /** Suppression requestId. */
                requestId: string;

                /** Suppression requestedAtMs. */
                requestedAtMs: number;

                /** Suppression requestedId. */
                requestedId: string;

                /**
                 * Encodes the specified Suppression message. Does not implicitly {@link tradewind.privacy.v1.Suppression.verify|verify} messages.
                 * @param message Suppression message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: tradewind.privacy.v1.Suppression.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Suppression message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {tradewind.privacy.v1.Suppression & tradewind.privacy.v1.Suppression.$Shape} Suppression
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tradewind.privacy.v1.Suppression & tradewind.privacy.v1.Suppression.$Shape;
            }

            namespace Suppression {

                /** Properties of a Suppression. */
                interface $Properties {

                    /** Suppression sourceId */
                    sourceId?: (string|null);

                    /** Suppression id */
                    id?: (string|null);

                    /** Suppression regulation */
                    regulation?: (tradewind.privacy.v1.Regulation|null);

                    /** Suppression requestId */
                    requestId?: (string|null);

                    /** Suppression requestedAtMs */
                    requestedAtMs?: (number|null);

                    /** Suppression requestedId */
                    requestedId?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Suppression. */
                type $Shape = tradewind.privacy.v1.Suppression.$Properties;
            }

            /**
             * Properties of a Receipt.
             * @deprecated Use tradewind.privacy.v1.Receipt.$Properties instead.
             */
            interface IReceipt extends tradewind.privacy.v1.Receipt.$Properties {
            }

            /** Represents a Receipt. */
            class Receipt {

                /**
                 * Constructs a new Receipt.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: tradewind.privacy.v1.Receipt.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Receipt requestId. */
                requestId: string;

                /** Receipt sourceId. */
                sourceId: string;

                /** Receipt id. */
                id: string;

                /** Receipt service. */
                service: string;

                /** Receipt store. */
                store: string;

                /** Receipt records. */
                records: number;

                /** Receipt doneAtMs. */
                doneAtMs: number;

                /**
                 * Encodes the specified Receipt message. Does not implicitly {@link tradewind.privacy.v1.Receipt.verify|verify} messages.
                 * @param message Receipt message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: tradewind.privacy.v1.Receipt.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Receipt message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {tradewind.privacy.v1.Receipt & tradewind.privacy.v1.Receipt.$Shape} Receipt
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tradewind.privacy.v1.Receipt & tradewind.privacy.v1.Receipt.$Shape;
            }

            namespace Receipt {

                /** Properties of a Receipt. */
                interface $Properties {

                    /** Receipt requestId */
                    requestId?: (string|null);

                    /** Receipt sourceId */
                    sourceId?: (string|null);

                    /** Receipt id */
                    id?: (string|null);

                    /** Receipt service */
                    service?: (string|null);

                    /** Receipt store */
                    store?: (string|null);

                    /** Receipt records */
                    records?: (number|null);

                    /** Receipt doneAtMs */
                    doneAtMs?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Receipt. */
                type $Shape = tradewind.privacy.v1.Receipt.$Properties;
            }
        }
    }

    /** Namespace recommendations. */
    namespace recommendations {

        /** Namespace v1. */
        namespace v1 {

            /**
             * Properties of a Reason.
             * @deprecated Use tradewind.recommendations.v1.Reason.$Properties instead.
             */
            interface IReason extends tradewind.recommendations.v1.Reason.$Properties {
            }

            /** Represents a Reason. */
            class Reason {

                /**
                 * Constructs a new Reason.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: tradewind.recommendations.v1.Reason.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Reason itemId. */
                itemId: string;

                /** Reason contribution. */
                contribution: number;

                /** Reason text. */
                text: string;

                /**
                 * Encodes the specified Reason message. Does not implicitly {@link tradewind.recommendations.v1.Reason.verify|verify} messages.
                 * @param message Reason message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: tradewind.recommendations.v1.Reason.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Reason message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {tradewind.recommendations.v1.Reason & tradewind.recommendations.v1.Reason.$Shape} Reason
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tradewind.recommendations.v1.Reason & tradewind.recommendations.v1.Reason.$Shape;
            }

            namespace Reason {

                /** Properties of a Reason. */
                interface $Properties {

                    /** Reason itemId */
                    itemId?: (string|null);

                    /** Reason contribution */
                    contribution?: (number|null);

                    /** Reason text */
                    text?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Reason. */
                type $Shape = tradewind.recommendations.v1.Reason.$Properties;
            }

            /**
             * Properties of a RankedItem.
             * @deprecated Use tradewind.recommendations.v1.RankedItem.$Properties instead.
             */
            interface IRankedItem extends tradewind.recommendations.v1.RankedItem.$Properties {
            }

            /** Represents a RankedItem. */
            class RankedItem {

                /**
                 * Constructs a new RankedItem.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: tradewind.recommendations.v1.RankedItem.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** RankedItem itemId. */
                itemId: string;

                /** RankedItem score. */
                score: number;

                /** RankedItem reasons. */
                reasons: tradewind.recommendations.v1.Reason.$Properties[];

                /**
                 * Encodes the specified RankedItem message. Does not implicitly {@link tradewind.recommendations.v1.RankedItem.verify|verify} messages.
                 * @param message RankedItem message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: tradewind.recommendations.v1.RankedItem.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a RankedItem message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {tradewind.recommendations.v1.RankedItem & tradewind.recommendations.v1.RankedItem.$Shape} RankedItem
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tradewind.recommendations.v1.RankedItem & tradewind.recommendations.v1.RankedItem.$Shape;
            }

            namespace RankedItem {

                /** Properties of a RankedItem. */
                interface $Properties {

                    /** RankedItem itemId */
                    itemId?: (string|null);

                    /** RankedItem score */
                    score?: (number|null);

                    /** RankedItem reasons */
                    reasons?: (tradewind.recommendations.v1.Reason.$Properties[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a RankedItem. */
                type $Shape = tradewind.recommendations.v1.RankedItem.$Properties;
            }

            /**
             * Properties of a RankedList.
             * @deprecated Use tradewind.recommendations.v1.RankedList.$Properties instead.
             */
            interface IRankedList extends tradewind.recommendations.v1.RankedList.$Properties {
            }

            /** Represents a RankedList. */
            class RankedList {

                /**
                 * Constructs a new RankedList.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: tradewind.recommendations.v1.RankedList.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** RankedList recommendationId. */
                recommendationId: string;

                /** RankedList userKey. */
                userKey: string;

                /** RankedList placement. */
                placement: string;

                /** RankedList items. */
                items: tradewind.recommendations.v1.RankedItem.$Properties[];

                /** RankedList model. */
                model: string;

                /** RankedList modelVersion. */
                modelVersion: string;

                /** RankedList generatedAtMs. */
                generatedAtMs: number;

                /** RankedList strategy. */
                strategy: string;

                /**
                 * Encodes the specified RankedList message. Does not implicitly {@link tradewind.recommendations.v1.RankedList.verify|verify} messages.
                 * @param message RankedList message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: tradewind.recommendations.v1.RankedList.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a RankedList message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {tradewind.recommendations.v1.RankedList & tradewind.recommendations.v1.RankedList.$Shape} RankedList
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tradewind.recommendations.v1.RankedList & tradewind.recommendations.v1.RankedList.$Shape;
            }

            namespace RankedList {

                /** Properties of a RankedList. */
                interface $Properties {

                    /** RankedList recommendationId */
                    recommendationId?: (string|null);

                    /** RankedList userKey */
                    userKey?: (string|null);

                    /** RankedList placement */
                    placement?: (string|null);

                    /** RankedList items */
                    items?: (tradewind.recommendations.v1.RankedItem.$Properties[]|null);

                    /** RankedList model */
                    model?: (string|null);

                    /** RankedList modelVersion */
                    modelVersion?: (string|null);

                    /** RankedList generatedAtMs */
                    generatedAtMs?: (number|null);

                    /** RankedList strategy */
                    strategy?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a RankedList. */
                type $Shape = tradewind.recommendations.v1.RankedList.$Properties;
            }
        }
    }

    /** Namespace segments. */
    namespace segments {

        /** Namespace v1. */
        namespace v1 {

            /** AlertLevel enum. */
            enum AlertLevel {

                /** ALERT_LEVEL_UNSPECIFIED value */
                ALERT_LEVEL_UNSPECIFIED = 0,

                /** ALERT_LEVEL_WARNING value */
                ALERT_LEVEL_WARNING = 1,

                /** ALERT_LEVEL_ALARM value */
                ALERT_LEVEL_ALARM = 2
            }

            /**
             * Properties of a DriftAlert.
             * @deprecated Use tradewind.segments.v1.DriftAlert.$Properties instead.
             */
            interface IDriftAlert extends tradewind.segments.v1.DriftAlert.$Properties {
            }

            /** Represents a DriftAlert. */
            class DriftAlert {

                /**
                 * Constructs a new DriftAlert.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: tradewind.segments.v1.DriftAlert.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** DriftAlert alertId. */
                alertId: string;

                /** DriftAlert model. */
                model: string;

                /** DriftAlert modelVersion. */
                modelVersion: string;

                /** DriftAlert kind. */
                kind: string;

                /** DriftAlert feature. */
                feature: string;

                /** DriftAlert level. */
                level: tradewind.segments.v1.AlertLevel;

                /** DriftAlert value. */
                value: number;

                /** DriftAlert threshold. */
                threshold: number;

                /** DriftAlert customers. */
                customers: number;

                /** DriftAlert windowMs. */
                windowMs: number;

                /** DriftAlert measuredAtMs. */
                measuredAtMs: number;

                /** DriftAlert edges. */
                edges: number[];

                /** DriftAlert expectedShares. */
                expectedShares: number[];

                /** DriftAlert actualShares. */
                actualShares: number[];

                /**
                 * Encodes the specified DriftAlert message. Does not implicitly {@link tradewind.segments.v1.DriftAlert.verify|verify} messages.
                 * @param message DriftAlert message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: tradewind.segments.v1.DriftAlert.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a DriftAlert message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {tradewind.segments.v1.DriftAlert & tradewind.segments.v1.DriftAlert.$Shape} DriftAlert
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tradewind.segments.v1.DriftAlert & tradewind.segments.v1.DriftAlert.$Shape;
            }

            namespace DriftAlert {

                /** Properties of a DriftAlert. */
                interface $Properties {

                    /** DriftAlert alertId */
                    alertId?: (string|null);

                    /** DriftAlert model */
                    model?: (string|null);

                    /** DriftAlert modelVersion */
                    modelVersion?: (string|null);

                    /** DriftAlert kind */
                    kind?: (string|null);

                    /** DriftAlert feature */
                    feature?: (string|null);

                    /** DriftAlert level */
                    level?: (tradewind.segments.v1.AlertLevel|null);

                    /** DriftAlert value */
                    value?: (number|null);

                    /** DriftAlert threshold */
                    threshold?: (number|null);

                    /** DriftAlert customers */
                    customers?: (number|null);

                    /** DriftAlert windowMs */
                    windowMs?: (number|null);

                    /** DriftAlert measuredAtMs */
                    measuredAtMs?: (number|null);

                    /** DriftAlert edges */
                    edges?: (number[]|null);

                    /** DriftAlert expectedShares */
                    expectedShares?: (number[]|null);

                    /** DriftAlert actualShares */
                    actualShares?: (number[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a DriftAlert. */
                type $Shape = tradewind.segments.v1.DriftAlert.$Properties;
            }

            /** TransitionKind enum. */
            enum TransitionKind {

                /** TRANSITION_KIND_UNSPECIFIED value */
                TRANSITION_KIND_UNSPECIFIED = 0,

                /** TRANSITION_KIND_ENTERED value */
                TRANSITION_KIND_ENTERED = 1,

                /** TRANSITION_KIND_EXITED value */
                TRANSITION_KIND_EXITED = 2
            }

            /**
             * Properties of an Evidence.
             * @deprecated Use tradewind.segments.v1.Evidence.$Properties instead.
             */
            interface IEvidence extends tradewind.segments.v1.Evidence.$Properties {
            }

            /** Represents an Evidence. */
            class Evidence {

                /**
                 * Constructs a new Evidence.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: tradewind.segments.v1.Evidence.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Evidence feature. */
                feature: string;

                /** Evidence value. */
                value: number;

                /** Evidence contribution. */
                contribution: number;

                /** Evidence text. */
                text: string;

                /** Evidence messageIds. */
                messageIds: string[];

                /**
                 * Encodes the specified Evidence message. Does not implicitly {@link tradewind.segments.v1.Evidence.verify|verify} messages.
                 * @param message Evidence message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: tradewind.segments.v1.Evidence.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Evidence message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {tradewind.segments.v1.Evidence & tradewind.segments.v1.Evidence.$Shape} Evidence
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tradewind.segments.v1.Evidence & tradewind.segments.v1.Evidence.$Shape;
            }

            namespace Evidence {

                /** Properties of an Evidence. */
                interface $Properties {

                    /** Evidence feature */
                    feature?: (string|null);

                    /** Evidence value */
                    value?: (number|null);

                    /** Evidence contribution */
                    contribution?: (number|null);

                    /** Evidence text */
                    text?: (string|null);

                    /** Evidence messageIds */
                    messageIds?: (string[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Evidence. */
                type $Shape = tradewind.segments.v1.Evidence.$Properties;
            }

            /**
             * Properties of a Transition.
             * @deprecated Use tradewind.segments.v1.Transition.$Properties instead.
             */
            interface ITransition extends tradewind.segments.v1.Transition.$Properties {
            }

            /** Represents a Transition. */
            class Transition {

                /**
                 * Constructs a new Transition.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: tradewind.segments.v1.Transition.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Transition transitionId. */
                transitionId: string;

                /** Transition userKey. */
                userKey: string;

                /** Transition segmentId. */
                segmentId: string;

                /** Transition segmentName. */
                segmentName: string;

                /** Transition kind. */
                kind: tradewind.segments.v1.TransitionKind;

                /** Transition model. */
                model: string;

                /** Transition modelVersion. */
                modelVersion: string;

                /** Transition occurredAtMs. */
                occurredAtMs: number;

                /** Transition decidedAtMs. */
                decidedAtMs: number;

                /** Transition evidence. */
                evidence: tradewind.segments.v1.Evidence.$Properties[];

                /** Transition reason. */
                reason: string;

                /**
                 * Encodes the specified Transition message. Does not implicitly {@link tradewind.segments.v1.Transition.verify|verify} messages.
                 * @param message Transition message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: tradewind.segments.v1.Transition.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Transition message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {tradewind.segments.v1.Transition & tradewind.segments.v1.Transition.$Shape} Transition
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tradewind.segments.v1.Transition & tradewind.segments.v1.Transition.$Shape;
            }

            namespace Transition {

                /** Properties of a Transition. */
                interface $Properties {

                    /** Transition transitionId */
                    transitionId?: (string|null);

                    /** Transition userKey */
                    userKey?: (string|null);

                    /** Transition segmentId */
                    segmentId?: (string|null);

                    /** Transition segmentName */
                    segmentName?: (string|null);

                    /** Transition kind */
                    kind?: (tradewind.segments.v1.TransitionKind|null);

                    /** Transition model */
                    model?: (string|null);

                    /** Transition modelVersion */
                    modelVersion?: (string|null);

                    /** Transition occurredAtMs */
                    occurredAtMs?: (number|null);

                    /** Transition decidedAtMs */
                    decidedAtMs?: (number|null);

                    /** Transition evidence */
                    evidence?: (tradewind.segments.v1.Evidence.$Properties[]|null);

                    /** Transition reason */
                    reason?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Transition. */
                type $Shape = tradewind.segments.v1.Transition.$Properties;
            }

            /**
             * Properties of a Membership.
             * @deprecated Use tradewind.segments.v1.Membership.$Properties instead.
             */
            interface IMembership extends tradewind.segments.v1.Membership.$Properties {
            }

            /** Represents a Membership. */
            class Membership {

                /**
                 * Constructs a new Membership.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: tradewind.segments.v1.Membership.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Membership segmentId. */
                segmentId: string;

                /** Membership segmentName. */
                segmentName: string;

                /** Membership userKey. */
                userKey: string;

                /** Membership member. */
                member: boolean;

                /** Membership modelVersion. */
                modelVersion: string;

                /** Membership sinceMs. */
                sinceMs: number;

                /**
                 * Encodes the specified Membership message. Does not implicitly {@link tradewind.segments.v1.Membership.verify|verify} messages.
                 * @param message Membership message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: tradewind.segments.v1.Membership.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Membership message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {tradewind.segments.v1.Membership & tradewind.segments.v1.Membership.$Shape} Membership
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tradewind.segments.v1.Membership & tradewind.segments.v1.Membership.$Shape;
            }

            namespace Membership {

                /** Properties of a Membership. */
                interface $Properties {

                    /** Membership segmentId */
                    segmentId?: (string|null);

                    /** Membership segmentName */
                    segmentName?: (string|null);

                    /** Membership userKey */
                    userKey?: (string|null);

                    /** Membership member */
                    member?: (boolean|null);

                    /** Membership modelVersion */
                    modelVersion?: (string|null);

                    /** Membership sinceMs */
                    sinceMs?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Membership. */
                type $Shape = tradewind.segments.v1.Membership.$Properties;
            }
        }
    }

    /** Namespace social. */
    namespace social {

        /** Namespace v1. */
        namespace v1 {

            /**
             * Properties of a Post.
             * @deprecated Use tradewind.social.v1.Post.$Properties instead.
             */
            interface IPost extends tradewind.social.v1.Post.$Properties {
            }

            /** Represents a Post. */
            class Post {

                /**
                 * Constructs a new Post.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: tradewind.social.v1.Post.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Post postId. */
                postId: string;

                /** Post brand. */
                brand: string;

                /** Post network. */
                network: string;

                /** Post sourceId. */
                sourceId: string;

                /** Post authorId. */
                authorId: string;

                /** Post authorName. */
                authorName: string;

                /** Post authorFollowers. */
                authorFollowers: number;

                /** Post text. */
                text: string;

                /** Post language. */
                language: string;

                /** Post url. */
                url: string;

                /** Post publishedAtMs. */
                publishedAtMs: number;

                /** Post receivedAtMs. */
                receivedAtMs: number;

                /** Post likes. */
                likes: number;

                /** Post shares. */
                shares: number;

                /** Post replies. */
                replies: number;

                /** Post inReplyTo. */
                inReplyTo: string;

                /** Post location. */
                location: string;

                /** Post rating. */
                rating: number;

                /** Post itemId. */
                itemId: string;

                /** Post payloadJson. */
                payloadJson: Uint8Array;

                /**
                 * Encodes the specified Post message. Does not implicitly {@link tradewind.social.v1.Post.verify|verify} messages.
                 * @param message Post message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: tradewind.social.v1.Post.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Post message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {tradewind.social.v1.Post & tradewind.social.v1.Post.$Shape} Post
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tradewind.social.v1.Post & tradewind.social.v1.Post.$Shape;
            }

            namespace Post {

                /** Properties of a Post. */
                interface $Properties {

                    /** Post postId */
                    postId?: (string|null);

                    /** Post brand */
                    brand?: (string|null);

                    /** Post network */
                    network?: (string|null);

                    /** Post sourceId */
                    sourceId?: (string|null);

                    /** Post authorId */
                    authorId?: (string|null);

                    /** Post authorName */
                    authorName?: (string|null);

                    /** Post authorFollowers */
                    authorFollowers?: (number|null);

                    /** Post text */
                    text?: (string|null);

                    /** Post language */
                    language?: (string|null);

                    /** Post url */
                    url?: (string|null);

                    /** Post publishedAtMs */
                    publishedAtMs?: (number|null);

                    /** Post receivedAtMs */
                    receivedAtMs?: (number|null);

                    /** Post likes */
                    likes?: (number|null);

                    /** Post shares */
                    shares?: (number|null);

                    /** Post replies */
                    replies?: (number|null);

                    /** Post inReplyTo */
                    inReplyTo?: (string|null);

                    /** Post location */
                    location?: (string|null);

                    /** Post rating */
                    rating?: (number|null);

                    /** Post itemId */
                    itemId?: (string|null);

                    /** Post payloadJson */
                    payloadJson?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Post. */
                type $Shape = tradewind.social.v1.Post.$Properties;
            }
        }
    }
}
