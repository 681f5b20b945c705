/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
"use strict";

var $protobuf = require("protobufjs/minimal");

// Common aliases
var $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
var $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
var $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});

$root.tradewind = (function() {

    /**
     * Namespace tradewind.
     * @exports tradewind
     * @namespace
     */
    var tradewind = {};

    tradewind.catalog = (function() {

        /**
         * Namespace catalog.
         * @memberof tradewind
         * @namespace
         */
        var catalog = {};

        catalog.v1 = (function() {

            /**
             * Namespace v1.
             * @memberof tradewind.catalog
             * @namespace
             */
            var v1 = {};

            v1.Item = (function() {

                /**
                 * Properties of an Item.
                 * @typedef {Object} tradewind.catalog.v1.Item.$Properties
                 * @property {string|null} [itemId] Item itemId
                 * @property {string|null} [sourceId] Item sourceId
                 * @property {string|null} [title] Item title
                 * @property {string|null} [description] Item description
                 * @property {string|null} [category] Item category
                 * @property {number|null} [priceMinor] Item priceMinor
                 * @property {string|null} [currency] Item currency
                 * @property {number|null} [updatedAtMs] Item updatedAtMs
                 * @property {Uint8Array|null} [attributesJson] Item attributesJson
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of an Item.
                 * @memberof tradewind.catalog.v1
                 * @interface IItem
                 * @augments tradewind.catalog.v1.Item.$Properties
                 * @deprecated Use tradewind.catalog.v1.Item.$Properties instead.
                 */

                /**
                 * Shape of an Item.
                 * @typedef {tradewind.catalog.v1.Item.$Properties} tradewind.catalog.v1.Item.$Shape
                 */

                /**
                 * Constructs a new Item.
                 * @memberof tradewind.catalog.v1
                 * @classdesc Represents an Item.
                 * @constructor
                 * @param {tradewind.catalog.v1.Item.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var Item = function (properties) {
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Item itemId.
                 * @member {string} itemId
                 * @memberof tradewind.catalog.v1.Item
                 * @instance
                 */
                Item.prototype.itemId = "";

                /**
                 * Item sourceId.
                 * @member {string} sourceId
                 * @memberof tradewind.catalog.v1.Item
                 * @instance
                 */
                Item.prototype.sourceId = "";

                /**
                 * Item title.
                 * @member {string} title
                 * @memberof tradewind.catalog.v1.Item
                 * @instance
                 */
                Item.prototype.title = "";

                /**
                 * Item description.
                 * @member {string} description
                 * @memberof tradewind.catalog.v1.Item
                 * @instance
                 */
                Item.prototype.description = "";

                /**
                 * Item category.
                 * @member {string} category
                 * @memberof tradewind.catalog.v1.Item
                 * @instance
                 */
                Item.prototype.category = "";

                /**
                 * Item priceMinor.
                 * @member {number} priceMinor
                 * @memberof tradewind.catalog.v1.Item
                 * @instance
                 */
                Item.prototype.priceMinor = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Item currency.
                 * @member {string} currency
                 * @memberof tradewind.catalog.v1.Item
                 * @instance
                 */
                Item.prototype.currency = "";

                /**
                 * Item updatedAtMs.
                 * @member {number} updatedAtMs
                 * @memberof tradewind.catalog.v1.Item
                 * @instance
                 */
                Item.prototype.updatedAtMs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Item attributesJson.
                 * @member {Uint8Array} attributesJson
                 * @memberof tradewind.catalog.v1.Item
                 * @instance
                 */
                Item.prototype.attributesJson = $util.newBuffer([]);

                /**
                 * Encodes the specified Item message. Does not implicitly {@link tradewind.catalog.v1.Item.verify|verify} messages.
                 * @function encode
                 * @memberof tradewind.catalog.v1.Item
                 * @static
                 * @param {tradewind.catalog.v1.Item.$Properties} message Item message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Item.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.itemId != null && $Object.hasOwnProperty.call(message, "itemId") && message.itemId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.itemId);
                    if (message.sourceId != null && $Object.hasOwnProperty.call(message, "sourceId") && message.sourceId !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.sourceId);
                    if (message.title != null && $Object.hasOwnProperty.call(message, "title") && message.title !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.title);
                    if (message.description != null && $Object.hasOwnProperty.call(message, "description") && message.description !== "")
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.description);
                    if (message.category != null && $Object.hasOwnProperty.call(message, "category") && message.category !== "")
                        writer.uint32(/* id 5, wireType 2 =*/42).string(message.category);
                    if (message.priceMinor != null && $Object.hasOwnProperty.call(message, "priceMinor") && (typeof message.priceMinor === "object" ? message.priceMinor.low || message.priceMinor.high : message.priceMinor !== 0))
                        writer.uint32(/* id 6, wireType 0 =*/48).int64(message.priceMinor);
                    if (message.currency != null && $Object.hasOwnProperty.call(message, "currency") && message.currency !== "")
                        writer.uint32(/* id 7, wireType 2 =*/58).string(message.currency);
                    if (message.updatedAtMs != null && $Object.hasOwnProperty.call(message, "updatedAtMs") && (typeof message.updatedAtMs === "object" ? message.updatedAtMs.low || message.updatedAtMs.high : message.updatedAtMs !== 0))
                        writer.uint32(/* id 8, wireType 0 =*/64).int64(message.updatedAtMs);
                    if (message.attributesJson != null && $Object.hasOwnProperty.call(message, "attributesJson") && message.attributesJson.length)
                        writer.uint32(/* id 9, wireType 2 =*/74).bytes(message.attributesJson);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes an Item message from the specified reader or buffer.
                 * @function decode
                 * @memberof tradewind.catalog.v1.Item
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {tradewind.catalog.v1.Item & tradewind.catalog.v1.Item.$Shape} Item
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Item.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.tradewind.catalog.v1.Item();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.itemId = value;
                                else
                                    delete message.itemId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.sourceId = value;
                                else
                                    delete message.sourceId;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.title = value;
                                else
                                    delete message.title;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.description = value;
                                else
                                    delete message.description;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.category = value;
                                else
                                    delete message.category;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.priceMinor = value;
                                else
                                    delete message.priceMinor;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.currency = value;
                                else
                                    delete message.currency;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.updatedAtMs = value;
                                else
                                    delete message.updatedAtMs;
                                continue;
                            }
                        case 9: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.attributesJson = value;
                                else
                                    delete message.attributesJson;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Item;
            })();

            return v1;
        })();

        return catalog;
    })();

    tradewind.clickstream = (function() {

        /**
         * Namespace clickstream.
         * @memberof tradewind
         * @namespace
         */
        var clickstream = {};

        clickstream.v1 = (function() {

            /**
             * Namespace v1.
             * @memberof tradewind.clickstream
             * @namespace
             */
            var v1 = {};

            /**
             * EventType enum.
             * @name tradewind.clickstream.v1.EventType
             * @enum {number}
             * @property {number} EVENT_TYPE_UNSPECIFIED=0 EVENT_TYPE_UNSPECIFIED value
             * @property {number} EVENT_TYPE_TRACK=1 EVENT_TYPE_TRACK value
             * @property {number} EVENT_TYPE_IDENTIFY=2 EVENT_TYPE_IDENTIFY value
             * @property {number} EVENT_TYPE_PAGE=3 EVENT_TYPE_PAGE value
             * @property {number} EVENT_TYPE_SCREEN=4 EVENT_TYPE_SCREEN value
             * @property {number} EVENT_TYPE_GROUP=5 EVENT_TYPE_GROUP value
             * @property {number} EVENT_TYPE_ALIAS=6 EVENT_TYPE_ALIAS value
             */
            v1.EventType = (function() {
                var valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[0] = "EVENT_TYPE_UNSPECIFIED"] = 0;
                values[valuesById[1] = "EVENT_TYPE_TRACK"] = 1;
                values[valuesById[2] = "EVENT_TYPE_IDENTIFY"] = 2;
                values[valuesById[3] = "EVENT_TYPE_PAGE"] = 3;
                values[valuesById[4] = "EVENT_TYPE_SCREEN"] = 4;
                values[valuesById[5] = "EVENT_TYPE_GROUP"] = 5;
                values[valuesById[6] = "EVENT_TYPE_ALIAS"] = 6;
                return values;
            })();

            v1.LineItem = (function() {

                /**
                 * Properties of a LineItem.
                 * @typedef {Object} tradewind.clickstream.v1.LineItem.$Properties
                 * @property {string|null} [productId] LineItem productId
                 * @property {number|null} [quantity] LineItem quantity
                 * @property {number|null} [priceMinor] LineItem priceMinor
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a LineItem.
                 * @memberof tradewind.clickstream.v1
                 * @interface ILineItem
                 * @augments tradewind.clickstream.v1.LineItem.$Properties
                 * @deprecated Use tradewind.clickstream.v1.LineItem.$Properties instead.
                 */

                /**
                 * Shape of a LineItem.
                 * @typedef {tradewind.clickstream.v1.LineItem.$Properties} tradewind.clickstream.v1.LineItem.$Shape
                 */

                /**
                 * Constructs a new LineItem.
                 * @memberof tradewind.clickstream.v1
                 * @classdesc Represents a LineItem.
                 * @constructor
                 * @param {tradewind.clickstream.v1.LineItem.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var LineItem = function (properties) {
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * LineItem productId.
                 * @member {string} productId
                 * @memberof tradewind.clickstream.v1.LineItem
                 * @instance
                 */
                LineItem.prototype.productId = "";

                /**
                 * LineItem quantity.
                 * @member {number} quantity
                 * @memberof tradewind.clickstream.v1.LineItem
                 * @instance
                 */
                LineItem.prototype.quantity = 0;

                /**
                 * LineItem priceMinor.
                 * @member {number} priceMinor
                 * @memberof tradewind.clickstream.v1.LineItem
                 * @instance
                 */
                LineItem.prototype.priceMinor = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Encodes the specified LineItem message. Does not implicitly {@link tradewind.clickstream.v1.LineItem.verify|verify} messages.
                 * @function encode
                 * @memberof tradewind.clickstream.v1.LineItem
                 * @static
                 * @param {tradewind.clickstream.v1.LineItem.$Properties} message LineItem message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                LineItem.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.productId != null && $Object.hasOwnProperty.call(message, "productId") && message.productId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.productId);
                    if (message.quantity != null && $Object.hasOwnProperty.call(message, "quantity") && !$Object.is(message.quantity, 0))
                        writer.uint32(/* id 2, wireType 1 =*/17).double(message.quantity);
                    if (message.priceMinor != null && $Object.hasOwnProperty.call(message, "priceMinor") && (typeof message.priceMinor === "object" ? message.priceMinor.low || message.priceMinor.high : message.priceMinor !== 0))
                        writer.uint32(/* id 3, wireType 0 =*/24).int64(message.priceMinor);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a LineItem message from the specified reader or buffer.
                 * @function decode
                 * @memberof tradewind.clickstream.v1.LineItem
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {tradewind.clickstream.v1.LineItem & tradewind.clickstream.v1.LineItem.$Shape} LineItem
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                LineItem.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.tradewind.clickstream.v1.LineItem();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.productId = value;
                                else
                                    delete message.productId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.quantity = value;
                                else
                                    delete message.quantity;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.priceMinor = value;
                                else
                                    delete message.priceMinor;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return LineItem;
            })();

            v1.Enrichment = (function() {

                /**
                 * Properties of an Enrichment.
                 * @typedef {Object} tradewind.clickstream.v1.Enrichment.$Properties
                 * @property {string|null} [browser] Enrichment browser
                 * @property {string|null} [os] Enrichment os
                 * @property {string|null} [device] Enrichment device
                 * @property {string|null} [country] Enrichment country
                 * @property {string|null} [region] Enrichment region
                 * @property {string|null} [city] Enrichment city
                 * @property {string|null} [referrerHost] Enrichment referrerHost
                 * @property {string|null} [medium] Enrichment medium
                 * @property {string|null} [campaignSource] Enrichment campaignSource
                 * @property {string|null} [campaignMedium] Enrichment campaignMedium
                 * @property {string|null} [campaignName] Enrichment campaignName
                 * @property {string|null} [campaignTerm] Enrichment campaignTerm
                 * @property {string|null} [campaignContent] Enrichment campaignContent
                 * @property {boolean|null} [bot] Enrichment bot
                 * @property {boolean|null} [internal] Enrichment internal
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of an Enrichment.
                 * @memberof tradewind.clickstream.v1
                 * @interface IEnrichment
                 * @augments tradewind.clickstream.v1.Enrichment.$Properties
                 * @deprecated Use tradewind.clickstream.v1.Enrichment.$Properties instead.
                 */

                /**
                 * Shape of an Enrichment.
                 * @typedef {tradewind.clickstream.v1.Enrichment.$Properties} tradewind.clickstream.v1.Enrichment.$Shape
                 */

                /**
                 * Constructs a new Enrichment.
                 * @memberof tradewind.clickstream.v1
                 * @classdesc Represents an Enrichment.
                 * @constructor
                 * @param {tradewind.clickstream.v1.Enrichment.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var Enrichment = function (properties) {
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Enrichment browser.
                 * @member {string} browser
                 * @memberof tradewind.clickstream.v1.Enrichment
                 * @instance
                 */
                Enrichment.prototype.browser = "";

                /**
                 * Enrichment os.
                 * @member {string} os
                 * @memberof tradewind.clickstream.v1.Enrichment
                 * @instance
                 */
                Enrichment.prototype.os = "";

                /**
                 * Enrichment device.
                 * @member {string} device
                 * @memberof tradewind.clickstream.v1.Enrichment
                 * @instance
                 */
                Enrichment.prototype.device = "";

                /**
                 * Enrichment country.
                 * @member {string} country
                 * @memberof tradewind.clickstream.v1.Enrichment
                 * @instance
                 */
                Enrichment.prototype.country = "";

                /**
                 * Enrichment region.
                 * @member {string} region
                 * @memberof tradewind.clickstream.v1.Enrichment
                 * @instance
                 */
                Enrichment.prototype.region = "";

                /**
                 * Enrichment city.
                 * @member {string} city
                 * @memberof tradewind.clickstream.v1.Enrichment
                 * @instance
                 */
                Enrichment.prototype.city = "";

                /**
                 * Enrichment referrerHost.
                 * @member {string} referrerHost
                 * @memberof tradewind.clickstream.v1.Enrichment
                 * @instance
                 */
                Enrichment.prototype.referrerHost = "";

                /**
                 * Enrichment medium.
                 * @member {string} medium
                 * @memberof tradewind.clickstream.v1.Enrichment
                 * @instance
                 */
                Enrichment.prototype.medium = "";

                /**
                 * Enrichment campaignSource.
                 * @member {string} campaignSource
                 * @memberof tradewind.clickstream.v1.Enrichment
                 * @instance
                 */
                Enrichment.prototype.campaignSource = "";

                /**
                 * Enrichment campaignMedium.
                 * @member {string} campaignMedium
                 * @memberof tradewind.clickstream.v1.Enrichment
                 * @instance
                 */
                Enrichment.prototype.campaignMedium = "";

                /**
                 * Enrichment campaignName.
                 * @member {string} campaignName
                 * @memberof tradewind.clickstream.v1.Enrichment
                 * @instance
                 */
                Enrichment.prototype.campaignName = "";

                /**
                 * Enrichment campaignTerm.
                 * @member {string} campaignTerm
                 * @memberof tradewind.clickstream.v1.Enrichment
                 * @instance
                 */
                Enrichment.prototype.campaignTerm = "";

                /**
                 * Enrichment campaignContent.
                 * @member {string} campaignContent
                 * @memberof tradewind.clickstream.v1.Enrichment
                 * @instance
                 */
                Enrichment.prototype.campaignContent = "";

                /**
                 * Enrichment bot.
                 * @member {boolean} bot
                 * @memberof tradewind.clickstream.v1.Enrichment
                 * @instance
                 */
                Enrichment.prototype.bot = false;

                /**
                 * Enrichment internal.
                 * @member {boolean} internal
                 * @memberof tradewind.clickstream.v1.Enrichment
                 * @instance
                 */
                Enrichment.prototype.internal = false;

                /**
                 * Encodes the specified Enrichment message. Does not implicitly {@link tradewind.clickstream.v1.Enrichment.verify|verify} messages.
                 * @function encode
                 * @memberof tradewind.clickstream.v1.Enrichment
                 * @static
                 * @param {tradewind.clickstream.v1.Enrichment.$Properties} message Enrichment message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Enrichment.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.browser != null && $Object.hasOwnProperty.call(message, "browser") && message.browser !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.browser);
                    if (message.os != null && $Object.hasOwnProperty.call(message, "os") && message.os !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.os);
                    if (message.device != null && $Object.hasOwnProperty.call(message, "device") && message.device !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.device);
                    if (message.country != null && $Object.hasOwnProperty.call(message, "country") && message.country !== "")
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.country);
                    if (message.region != null && $Object.hasOwnProperty.call(message, "region") && message.region !== "")
                        writer.uint32(/* id 5, wireType 2 =*/42).string(message.region);
                    if (message.city != null && $Object.hasOwnProperty.call(message, "city") && message.city !== "")
                        writer.uint32(/* id 6, wireType 2 =*/50).string(message.city);
                    if (message.referrerHost != null && $Object.hasOwnProperty.call(message, "referrerHost") && message.referrerHost !== "")
                        writer.uint32(/* id 7, wireType 2 =*/58).string(message.referrerHost);
                    if (message.medium != null && $Object.hasOwnProperty.call(message, "medium") && message.medium !== "")
                        writer.uint32(/* id 8, wireType 2 =*/66).string(message.medium);
                    if (message.campaignSource != null && $Object.hasOwnProperty.call(message, "campaignSource") && message.campaignSource !== "")
                        writer.uint32(/* id 9, wireType 2 =*/74).string(message.campaignSource);
                    if (message.campaignMedium != null && $Object.hasOwnProperty.call(message, "campaignMedium") && message.campaignMedium !== "")
                        writer.uint32(/* id 10, wireType 2 =*/82).string(message.campaignMedium);
                    if (message.campaignName != null && $Object.hasOwnProperty.call(message, "campaignName") && message.campaignName !== "")
                        writer.uint32(/* id 11, wireType 2 =*/90).string(message.campaignName);
                    if (message.campaignTerm != null && $Object.hasOwnProperty.call(message, "campaignTerm") && message.campaignTerm !== "")
                        writer.uint32(/* id 12, wireType 2 =*/98).string(message.campaignTerm);
                    if (message.campaignContent != null && $Object.hasOwnProperty.call(message, "campaignContent") && message.campaignContent !== "")
                        writer.uint32(/* id 13, wireType 2 =*/106).string(message.campaignContent);
                    if (message.bot != null && $Object.hasOwnProperty.call(message, "bot") && message.bot !== false)
                        writer.uint32(/* id 14, wireType 0 =*/112).bool(message.bot);
                    if (message.internal != null && $Object.hasOwnProperty.call(message, "internal") && message.internal !== false)
                        writer.uint32(/* id 15, wireType 0 =*/120).bool(message.internal);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes an Enrichment message from the specified reader or buffer.
                 * @function decode
                 * @memberof tradewind.clickstream.v1.Enrichment
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {tradewind.clickstream.v1.Enrichment & tradewind.clickstream.v1.Enrichment.$Shape} Enrichment
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Enrichment.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.tradewind.clickstream.v1.Enrichment();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.browser = value;
                                else
                                    delete message.browser;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.os = value;
                                else
                                    delete message.os;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.device = value;
                                else
                                    delete message.device;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.country = value;
                                else
                                    delete message.country;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.region = value;
                                else
                                    delete message.region;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.city = value;
                                else
                                    delete message.city;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.referrerHost = value;
                                else
                                    delete message.referrerHost;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.medium = value;
                                else
                                    delete message.medium;
                                continue;
                            }
                        case 9: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.campaignSource = value;
                                else
                                    delete message.campaignSource;
                                continue;
                            }
                        case 10: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.campaignMedium = value;
                                else
                                    delete message.campaignMedium;
                                continue;
                            }
                        case 11: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.campaignName = value;
                                else
                                    delete message.campaignName;
                                continue;
                            }
                        case 12: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.campaignTerm = value;
                                else
                                    delete message.campaignTerm;
                                continue;
                            }
                        case 13: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.campaignContent = value;
                                else
                                    delete message.campaignContent;
                                continue;
                            }
                        case 14: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.bot = value;
                                else
                                    delete message.bot;
                                continue;
                            }
                        case 15: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.internal = value;
                                else
                                    delete message.internal;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Enrichment;
            })();

            v1.Event = (function() {

                /**
                 * Properties of an Event.
                 * @typedef {Object} tradewind.clickstream.v1.Event.$Properties
                 * @property {string|null} [messageId] Event messageId
                 * @property {tradewind.clickstream.v1.EventType|null} [type] Event type
                 * @property {string|null} [sourceId] Event sourceId
                 * @property {string|null} [userKey] Event userKey
                 * @property {string|null} [userId] Event userId
                 * @property {string|null} [anonymousId] Event anonymousId
                 * @property {string|null} [previousId] Event previousId
                 * @property {string|null} [groupId] Event groupId
                 * @property {string|null} [name] Event name
                 * @property {number|null} [occurredAtMs] Event occurredAtMs
                 * @property {number|null} [receivedAtMs] Event receivedAtMs
                 * @property {string|null} [orderId] Event orderId
                 * @property {number|null} [valueMinor] Event valueMinor
                 * @property {string|null} [currency] Event currency
                 * @property {Array.<tradewind.clickstream.v1.LineItem.$Properties>|null} [items] Event items
                 * @property {Uint8Array|null} [payloadJson] Event payloadJson
                 * @property {tradewind.clickstream.v1.Enrichment.$Properties|null} [enrichment] Event enrichment
                 * @property {Array.<string>|null} [deniedPurposes] Event deniedPurposes
                 * @property {string|null} [trackingPlan] Event trackingPlan
                 * @property {number|null} [violationCount] Event violationCount
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of an Event.
                 * @memberof tradewind.clickstream.v1
                 * @interface IEvent
                 * @augments tradewind.clickstream.v1.Event.$Properties
                 * @deprecated Use tradewind.clickstream.v1.Event.$Properties instead.
                 */

                /**
                 * Shape of an Event.
                 * @typedef {tradewind.clickstream.v1.Event.$Properties} tradewind.clickstream.v1.Event.$Shape
                 */

                /**
                 * Constructs a new Event.
                 * @memberof tradewind.clickstream.v1
                 * @classdesc Represents an Event.
                 * @constructor
                 * @param {tradewind.clickstream.v1.Event.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var Event = function (properties) {
                    this.items = [];
                    this.deniedPurposes = [];
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Event messageId.
                 * @member {string} messageId
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.messageId = "";

                /**
                 * Event type.
                 * @member {tradewind.clickstream.v1.EventType} type
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.type = 0;

                /**
                 * Event sourceId.
                 * @member {string} sourceId
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.sourceId = "";

                /**
                 * Event userKey.
                 * @member {string} userKey
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.userKey = "";

                /**
                 * Event userId.
                 * @member {string} userId
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.userId = "";

                /**
                 * Event anonymousId.
                 * @member {string} anonymousId
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.anonymousId = "";

                /**
                 * Event previousId.
                 * @member {string} previousId
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.previousId = "";

                /**
                 * Event groupId.
                 * @member {string} groupId
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.groupId = "";

                /**
                 * Event name.
                 * @member {string} name
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.name = "";

                /**
                 * Event occurredAtMs.
                 * @member {number} occurredAtMs
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.occurredAtMs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Event receivedAtMs.
                 * @member {number} receivedAtMs
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.receivedAtMs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Event orderId.
                 * @member {string} orderId
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.orderId = "";

                /**
                 * Event valueMinor.
                 * @member {number} valueMinor
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.valueMinor = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Event currency.
                 * @member {string} currency
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.currency = "";

                /**
                 * Event items.
                 * @member {Array.<tradewind.clickstream.v1.LineItem.$Properties>} items
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.items = $util.emptyArray;

                /**
                 * Event payloadJson.
                 * @member {Uint8Array} payloadJson
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.payloadJson = $util.newBuffer([]);

                /**
                 * Event enrichment.
                 * @member {tradewind.clickstream.v1.Enrichment.$Properties|null|undefined} enrichment
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.enrichment = null;

                /**
                 * Event deniedPurposes.
                 * @member {Array.<string>} deniedPurposes
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.deniedPurposes = $util.emptyArray;

                /**
                 * Event trackingPlan.
                 * @member {string} trackingPlan
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.trackingPlan = "";

                /**
                 * Event violationCount.
                 * @member {number} violationCount
                 * @memberof tradewind.clickstream.v1.Event
                 * @instance
                 */
                Event.prototype.violationCount = 0;

                /**
                 * Encodes the specified Event message. Does not implicitly {@link tradewind.clickstream.v1.Event.verify|verify} messages.
                 * @function encode
                 * @memberof tradewind.clickstream.v1.Event
                 * @static
                 * @param {tradewind.clickstream.v1.Event.$Properties} message Event message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Event.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.messageId != null && $Object.hasOwnProperty.call(message, "messageId") && message.messageId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.messageId);
                    if (message.type != null && $Object.hasOwnProperty.call(message, "type") && message.type !== 0)
                        writer.uint32(/* id 2, wireType 0 =*/16).int32(message.type);
                    if (message.sourceId != null && $Object.hasOwnProperty.call(message, "sourceId") && message.sourceId !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.sourceId);
                    if (message.userKey != null && $Object.hasOwnProperty.call(message, "userKey") && message.userKey !== "")
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.userKey);
                    if (message.userId != null && $Object.hasOwnProperty.call(message, "userId") && message.userId !== "")
                        writer.uint32(/* id 5, wireType 2 =*/42).string(message.userId);
                    if (message.anonymousId != null && $Object.hasOwnProperty.call(message, "anonymousId") && message.anonymousId !== "")
                        writer.uint32(/* id 6, wireType 2 =*/50).string(message.anonymousId);
                    if (message.previousId != null && $Object.hasOwnProperty.call(message, "previousId") && message.previousId !== "")
                        writer.uint32(/* id 7, wireType 2 =*/58).string(message.previousId);
                    if (message.groupId != null && $Object.hasOwnProperty.call(message, "groupId") && message.groupId !== "")
                        writer.uint32(/* id 8, wireType 2 =*/66).string(message.groupId);
                    if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                        writer.uint32(/* id 9, wireType 2 =*/74).string(message.name);
                    if (message.occurredAtMs != null && $Object.hasOwnProperty.call(message, "occurredAtMs") && (typeof message.occurredAtMs === "object" ? message.occurredAtMs.low || message.occurredAtMs.high : message.occurredAtMs !== 0))
                        writer.uint32(/* id 10, wireType 0 =*/80).int64(message.occurredAtMs);
                    if (message.receivedAtMs != null && $Object.hasOwnProperty.call(message, "receivedAtMs") && (typeof message.receivedAtMs === "object" ? message.receivedAtMs.low || message.receivedAtMs.high : message.receivedAtMs !== 0))
                        writer.uint32(/* id 11, wireType 0 =*/88).int64(message.receivedAtMs);
                    if (message.orderId != null && $Object.hasOwnProperty.call(message, "orderId") && message.orderId !== "")
                        writer.uint32(/* id 12, wireType 2 =*/98).string(message.orderId);
                    if (message.valueMinor != null && $Object.hasOwnProperty.call(message, "valueMinor") && (typeof message.valueMinor === "object" ? message.valueMinor.low || message.valueMinor.high : message.valueMinor !== 0))
                        writer.uint32(/* id 13, wireType 0 =*/104).int64(message.valueMinor);
                    if (message.currency != null && $Object.hasOwnProperty.call(message, "currency") && message.currency !== "")
                        writer.uint32(/* id 14, wireType 2 =*/114).string(message.currency);
                    if (message.items != null && message.items.length)
                        for (var i = 0; i < message.items.length; ++i)
                            $root.tradewind.clickstream.v1.LineItem.encode(message.items[i], writer.uint32(/* id 15, wireType 2 =*/122).fork(), _depth + 1).ldelim();
                    if (message.payloadJson != null && $Object.hasOwnProperty.call(message, "payloadJson") && message.payloadJson.length)
                        writer.uint32(/* id 16, wireType 2 =*/130).bytes(message.payloadJson);
                    if (message.enrichment != null && $Object.hasOwnProperty.call(message, "enrichment"))
                        $root.tradewind.clickstream.v1.Enrichment.encode(message.enrichment, writer.uint32(/* id 17, wireType 2 =*/138).fork(), _depth + 1).ldelim();
                    if (message.deniedPurposes != null && message.deniedPurposes.length)
                        for (var i = 0; i < message.deniedPurposes.length; ++i)
                            writer.uint32(/* id 18, wireType 2 =*/146).string(message.deniedPurposes[i]);
                    if (message.trackingPlan != null && $Object.hasOwnProperty.call(message, "trackingPlan") && message.trackingPlan !== "")
                        writer.uint32(/* id 19, wireType 2 =*/154).string(message.trackingPlan);
                    if (message.violationCount != null && $Object.hasOwnProperty.call(message, "violationCount") && message.violationCount !== 0)
                        writer.uint32(/* id 20, wireType 0 =*/160).uint32(message.violationCount);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes an Event message from the specified reader or buffer.
                 * @function decode
                 * @memberof tradewind.clickstream.v1.Event
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {tradewind.clickstream.v1.Event & tradewind.clickstream.v1.Event.$Shape} Event
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Event.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.tradewind.clickstream.v1.Event();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.messageId = value;
                                else
                                    delete message.messageId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.type = value;
                                else
                                    delete message.type;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.sourceId = value;
                                else
                                    delete message.sourceId;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.userKey = value;
                                else
                                    delete message.userKey;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.userId = value;
                                else
                                    delete message.userId;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.anonymousId = value;
                                else
                                    delete message.anonymousId;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.previousId = value;
                                else
                                    delete message.previousId;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.groupId = value;
                                else
                                    delete message.groupId;
                                continue;
                            }
                        case 9: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.name = value;
                                else
                                    delete message.name;
                                continue;
                            }
                        case 10: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.occurredAtMs = value;
                                else
                                    delete message.occurredAtMs;
                                continue;
                            }
                        case 11: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.receivedAtMs = value;
                                else
                                    delete message.receivedAtMs;
                                continue;
                            }
                        case 12: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.orderId = value;
                                else
                                    delete message.orderId;
                                continue;
                            }
                        case 13: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.valueMinor = value;
                                else
                                    delete message.valueMinor;
                                continue;
                            }
                        case 14: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.currency = value;
                                else
                                    delete message.currency;
                                continue;
                            }
                        case 15: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.items && message.items.length))
                                    message.items = [];
                                message.items.push($root.tradewind.clickstream.v1.LineItem.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        case 16: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.payloadJson = value;
                                else
                                    delete message.payloadJson;
                                continue;
                            }
                        case 17: {
                                if (wireType !== 2)
                                    break;
                                message.enrichment = $root.tradewind.clickstream.v1.Enrichment.decode(reader, reader.size(), $undefined, _depth + 1, message.enrichment);
                                continue;
                            }
                        case 18: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.deniedPurposes && message.deniedPurposes.length))
                                    message.deniedPurposes = [];
                                message.deniedPurposes.push(reader.stringVerify());
                                continue;
                            }
                        case 19: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.trackingPlan = value;
                                else
                                    delete message.trackingPlan;
                                continue;
                            }
                        case 20: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.violationCount = value;
                                else
                                    delete message.violationCount;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Event;
            })();

            v1.RejectedEvent = (function() {

                /**
                 * Properties of a RejectedEvent.
                 * @typedef {Object} tradewind.clickstream.v1.RejectedEvent.$Properties
                 * @property {string|null} [sourceId] RejectedEvent sourceId
                 * @property {string|null} [code] RejectedEvent code
                 * @property {string|null} [reason] RejectedEvent reason
                 * @property {Uint8Array|null} [original] RejectedEvent original
                 * @property {number|null} [receivedAtMs] RejectedEvent receivedAtMs
                 * @property {string|null} [messageId] RejectedEvent messageId
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a RejectedEvent.
                 * @memberof tradewind.clickstream.v1
                 * @interface IRejectedEvent
                 * @augments tradewind.clickstream.v1.RejectedEvent.$Properties
                 * @deprecated Use tradewind.clickstream.v1.RejectedEvent.$Properties instead.
                 */

                /**
                 * Shape of a RejectedEvent.
                 * @typedef {tradewind.clickstream.v1.RejectedEvent.$Properties} tradewind.clickstream.v1.RejectedEvent.$Shape
                 */

                /**
                 * Constructs a new RejectedEvent.
                 * @memberof tradewind.clickstream.v1
                 * @classdesc Represents a RejectedEvent.
                 * @constructor
                 * @param {tradewind.clickstream.v1.RejectedEvent.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var RejectedEvent = function (properties) {
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * RejectedEvent sourceId.
                 * @member {string} sourceId
                 * @memberof tradewind.clickstream.v1.RejectedEvent
                 * @instance
                 */
                RejectedEvent.prototype.sourceId = "";

                /**
                 * RejectedEvent code.
                 * @member {string} code
                 * @memberof tradewind.clickstream.v1.RejectedEvent
                 * @instance
                 */
                RejectedEvent.prototype.code = "";

                /**
                 * RejectedEvent reason.
                 * @member {string} reason
                 * @memberof tradewind.clickstream.v1.RejectedEvent
                 * @instance
                 */
                RejectedEvent.prototype.reason = "";

                /**
                 * RejectedEvent original.
                 * @member {Uint8Array} original
                 * @memberof tradewind.clickstream.v1.RejectedEvent
                 * @instance
                 */
                RejectedEvent.prototype.original = $util.newBuffer([]);

                /**
                 * RejectedEvent receivedAtMs.
                 * @member {number} receivedAtMs
                 * @memberof tradewind.clickstream.v1.RejectedEvent
                 * @instance
                 */
                RejectedEvent.prototype.receivedAtMs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * RejectedEvent messageId.
                 * @member {string} messageId
                 * @memberof tradewind.clickstream.v1.RejectedEvent
                 * @instance
                 */
                RejectedEvent.prototype.messageId = "";

                /**
                 * Encodes the specified RejectedEvent message. Does not implicitly {@link tradewind.clickstream.v1.RejectedEvent.verify|verify} messages.
                 * @function encode
                 * @memberof tradewind.clickstream.v1.RejectedEvent
                 * @static
                 * @param {tradewind.clickstream.v1.RejectedEvent.$Properties} message RejectedEvent message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                RejectedEvent.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.sourceId != null && $Object.hasOwnProperty.call(message, "sourceId") && message.sourceId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.sourceId);
                    if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.code);
                    if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.reason);
                    if (message.original != null && $Object.hasOwnProperty.call(message, "original") && message.original.length)
                        writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.original);
                    if (message.receivedAtMs != null && $Object.hasOwnProperty.call(message, "receivedAtMs") && (typeof message.receivedAtMs === "object" ? message.receivedAtMs.low || message.receivedAtMs.high : message.receivedAtMs !== 0))
                        writer.uint32(/* id 5, wireType 0 =*/40).int64(message.receivedAtMs);
                    if (message.messageId != null && $Object.hasOwnProperty.call(message, "messageId") && message.messageId !== "")
                        writer.uint32(/* id 6, wireType 2 =*/50).string(message.messageId);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a RejectedEvent message from the specified reader or buffer.
                 * @function decode
                 * @memberof tradewind.clickstream.v1.RejectedEvent
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {tradewind.clickstream.v1.RejectedEvent & tradewind.clickstream.v1.RejectedEvent.$Shape} RejectedEvent
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                RejectedEvent.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.tradewind.clickstream.v1.RejectedEvent();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.sourceId = value;
                                else
                                    delete message.sourceId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.code = value;
                                else
                                    delete message.code;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.reason = value;
                                else
                                    delete message.reason;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.original = value;
                                else
                                    delete message.original;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.receivedAtMs = value;
                                else
                                    delete message.receivedAtMs;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.messageId = value;
                                else
                                    delete message.messageId;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return RejectedEvent;
            })();

            v1.Violation = (function() {

                /**
                 * Properties of a Violation.
                 * @typedef {Object} tradewind.clickstream.v1.Violation.$Properties
                 * @property {string|null} [violationId] Violation violationId
                 * @property {string|null} [sourceId] Violation sourceId
                 * @property {string|null} [messageId] Violation messageId
                 * @property {string|null} [userKey] Violation userKey
                 * @property {string|null} [eventType] Violation eventType
                 * @property {string|null} [eventName] Violation eventName
                 * @property {string|null} [planId] Violation planId
                 * @property {string|null} [planVersion] Violation planVersion
                 * @property {string|null} [mode] Violation mode
                 * @property {string|null} [field] Violation field
                 * @property {string|null} [violationType] Violation violationType
                 * @property {string|null} [description] Violation description
                 * @property {number|null} [occurredAtMs] Violation occurredAtMs
                 * @property {number|null} [receivedAtMs] Violation receivedAtMs
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Violation.
                 * @memberof tradewind.clickstream.v1
                 * @interface IViolation
                 * @augments tradewind.clickstream.v1.Violation.$Properties
                 * @deprecated Use tradewind.clickstream.v1.Violation.$Properties instead.
                 */

                /**
                 * Shape of a Violation.
                 * @typedef {tradewind.clickstream.v1.Violation.$Properties} tradewind.clickstream.v1.Violation.$Shape
                 */

                /**
                 * Constructs a new Violation.
                 * @memberof tradewind.clickstream.v1
                 * @classdesc Represents a Violation.
                 * @constructor
                 * @param {tradewind.clickstream.v1.Violation.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var Violation = function (properties) {
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Violation violationId.
                 * @member {string} violationId
                 * @memberof tradewind.clickstream.v1.Violation
                 * @instance
                 */
                Violation.prototype.violationId = "";

                /**
                 * Violation sourceId.
                 * @member {string} sourceId
                 * @memberof tradewind.clickstream.v1.Violation
                 * @instance
                 */
                Violation.prototype.sourceId = "";

                /**
                 * Violation messageId.
                 * @member {string} messageId
                 * @memberof tradewind.clickstream.v1.Violation
                 * @instance
                 */
                Violation.prototype.messageId = "";

                /**
                 * Violation userKey.
                 * @member {string} userKey
                 * @memberof tradewind.clickstream.v1.Violation
                 * @instance
                 */
                Violation.prototype.userKey = "";

                /**
                 * Violation eventType.
                 * @member {string} eventType
                 * @memberof tradewind.clickstream.v1.Violation
                 * @instance
                 */
                Violation.prototype.eventType = "";

                /**
                 * Violation eventName.
                 * @member {string} eventName
                 * @memberof tradewind.clickstream.v1.Violation
                 * @instance
                 */
                Violation.prototype.eventName = "";

                /**
                 * Violation planId.
                 * @member {string} planId
                 * @memberof tradewind.clickstream.v1.Violation
                 * @instance
                 */
                Violation.prototype.planId = "";

                /**
                 * Violation planVersion.
                 * @member {string} planVersion
                 * @memberof tradewind.clickstream.v1.Violation
                 * @instance
                 */
                Violation.prototype.planVersion = "";

                /**
                 * Violation mode.
                 * @member {string} mode
                 * @memberof tradewind.clickstream.v1.Violation
                 * @instance
                 */
                Violation.prototype.mode = "";

                /**
                 * Violation field.
                 * @member {string} field
                 * @memberof tradewind.clickstream.v1.Violation
                 * @instance
                 */
                Violation.prototype.field = "";

                /**
                 * Violation violationType.
                 * @member {string} violationType
                 * @memberof tradewind.clickstream.v1.Violation
                 * @instance
                 */
                Violation.prototype.violationType = "";

                /**
                 * Violation description.
                 * @member {string} description
                 * @memberof tradewind.clickstream.v1.Violation
                 * @instance
                 */
                Violation.prototype.description = "";

                /**
                 * Violation occurredAtMs.
                 * @member {number} occurredAtMs
                 * @memberof tradewind.clickstream.v1.Violation
                 * @instance
                 */
                Violation.prototype.occurredAtMs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Violation receivedAtMs.
                 * @member {number} receivedAtMs
                 * @memberof tradewind.clickstream.v1.Violation
                 * @instance
                 */
                Violation.prototype.receivedAtMs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Encodes the specified Violation message. Does not implicitly {@link tradewind.clickstream.v1.Violation.verify|verify} messages.
                 * @function encode
                 * @memberof tradewind.clickstream.v1.Violation
                 * @static
                 * @param {tradewind.clickstream.v1.Violation.$Properties} message Violation message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Violation.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.violationId != null && $Object.hasOwnProperty.call(message, "violationId") && message.violationId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.violationId);
                    if (message.sourceId != null && $Object.hasOwnProperty.call(message, "sourceId") && message.sourceId !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.sourceId);
                    if (message.messageId != null && $Object.hasOwnProperty.call(message, "messageId") && message.messageId !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.messageId);
                    if (message.userKey != null && $Object.hasOwnProperty.call(message, "userKey") && message.userKey !== "")
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.userKey);
                    if (message.eventType != null && $Object.hasOwnProperty.call(message, "eventType") && message.eventType !== "")
                        writer.uint32(/* id 5, wireType 2 =*/42).string(message.eventType);
                    if (message.eventName != null && $Object.hasOwnProperty.call(message, "eventName") && message.eventName !== "")
                        writer.uint32(/* id 6, wireType 2 =*/50).string(message.eventName);
                    if (message.planId != null && $Object.hasOwnProperty.call(message, "planId") && message.planId !== "")
                        writer.uint32(/* id 7, wireType 2 =*/58).string(message.planId);
                    if (message.planVersion != null && $Object.hasOwnProperty.call(message, "planVersion") && message.planVersion !== "")
                        writer.uint32(/* id 8, wireType 2 =*/66).string(message.planVersion);
                    if (message.mode != null && $Object.hasOwnProperty.call(message, "mode") && message.mode !== "")
                        writer.uint32(/* id 9, wireType 2 =*/74).string(message.mode);
                    if (message.field != null && $Object.hasOwnProperty.call(message, "field") && message.field !== "")
                        writer.uint32(/* id 10, wireType 2 =*/82).string(message.field);
                    if (message.violationType != null && $Object.hasOwnProperty.call(message, "violationType") && message.violationType !== "")
                        writer.uint32(/* id 11, wireType 2 =*/90).string(message.violationType);
                    if (message.description != null && $Object.hasOwnProperty.call(message, "description") && message.description !== "")
                        writer.uint32(/* id 12, wireType 2 =*/98).string(message.description);
                    if (message.occurredAtMs != null && $Object.hasOwnProperty.call(message, "occurredAtMs") && (typeof message.occurredAtMs === "object" ? message.occurredAtMs.low || message.occurredAtMs.high : message.occurredAtMs !== 0))
                        writer.uint32(/* id 13, wireType 0 =*/104).int64(message.occurredAtMs);
                    if (message.receivedAtMs != null && $Object.hasOwnProperty.call(message, "receivedAtMs") && (typeof message.receivedAtMs === "object" ? message.receivedAtMs.low || message.receivedAtMs.high : message.receivedAtMs !== 0))
                        writer.uint32(/* id 14, wireType 0 =*/112).int64(message.receivedAtMs);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Violation message from the specified reader or buffer.
                 * @function decode
                 * @memberof tradewind.clickstream.v1.Violation
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {tradewind.clickstream.v1.Violation & tradewind.clickstream.v1.Violation.$Shape} Violation
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Violation.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.tradewind.clickstream.v1.Violation();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.violationId = value;
                                else
                                    delete message.violationId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.sourceId = value;
                                else
                                    delete message.sourceId;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.messageId = value;
                                else
                                    delete message.messageId;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.userKey = value;
                                else
                                    delete message.userKey;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.eventType = value;
                                else
                                    delete message.eventType;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.eventName = value;
                                else
                                    delete message.eventName;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.planId = value;
                                else
                                    delete message.planId;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.planVersion = value;
                                else
                                    delete message.planVersion;
                                continue;
                            }
                        case 9: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.mode = value;
                                else
                                    delete message.mode;
                                continue;
                            }
                        case 10: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.field = value;
                                else
                                    delete message.field;
                                continue;
                            }
                        case 11: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.violationType = value;
                                else
                                    delete message.violationType;
                                continue;
                            }
                        case 12: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.description = value;
                                else
                                    delete message.description;
                                continue;
                            }
                        case 13: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.occurredAtMs = value;
                                else
                                    delete message.occurredAtMs;
                                continue;
                            }
                        case 14: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.receivedAtMs = value;
                                else
                                    delete message.receivedAtMs;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Violation;
            })();

            return v1;
        })();

        return clickstream;
    })();

    tradewind.identity = (function() {

        /**
         * Namespace identity.
         * @memberof tradewind
         * @namespace
         */
        var identity = {};

        identity.v1 = (function() {

            /**
             * Namespace v1.
             * @memberof tradewind.identity
             * @namespace
             */
            var v1 = {};

            v1.Link = (function() {

                /**
                 * Properties of a Link.
                 * @typedef {Object} tradewind.identity.v1.Link.$Properties
                 * @property {string|null} [sourceId] Link sourceId
                 * @property {string|null} [aliasId] Link aliasId
                 * @property {string|null} [canonicalId] Link canonicalId
                 * @property {string|null} [messageId] Link messageId
                 * @property {number|null} [linkedAtMs] Link linkedAtMs
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Link.
                 * @memberof tradewind.identity.v1
                 * @interface ILink
                 * @augments tradewind.identity.v1.Link.$Properties
                 * @deprecated Use tradewind.identity.v1.Link.$Properties instead.
                 */

                /**
                 * Shape of a Link.
                 * @typedef {tradewind.identity.v1.Link.$Properties} tradewind.identity.v1.Link.$Shape
                 */

                /**
                 * Constructs a new Link.
                 * @memberof tradewind.identity.v1
                 * @classdesc Represents a Link.
                 * @constructor
                 * @param {tradewind.identity.v1.Link.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var Link = function (properties) {
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Link sourceId.
                 * @member {string} sourceId
                 * @memberof tradewind.identity.v1.Link
                 * @instance
                 */
                Link.prototype.sourceId = "";

                /**
                 * Link aliasId.
                 * @member {string} aliasId
                 * @memberof tradewind.identity.v1.Link
                 * @instance
                 */
                Link.prototype.aliasId = "";

                /**
                 * Link canonicalId.
                 * @member {string} canonicalId
                 * @memberof tradewind.identity.v1.Link
                 * @instance
                 */
                Link.prototype.canonicalId = "";

                /**
                 * Link messageId.
                 * @member {string} messageId
                 * @memberof tradewind.identity.v1.Link
                 * @instance
                 */
                Link.prototype.messageId = "";

                /**
                 * Link linkedAtMs.
                 * @member {number} linkedAtMs
                 * @memberof tradewind.identity.v1.Link
                 * @instance
                 */
                Link.prototype.linkedAtMs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Encodes the specified Link message. Does not implicitly {@link tradewind.identity.v1.Link.verify|verify} messages.
                 * @function encode
                 * @memberof tradewind.identity.v1.Link
                 * @static
                 * @param {tradewind.identity.v1.Link.$Properties} message Link message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Link.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.sourceId != null && $Object.hasOwnProperty.call(message, "sourceId") && message.sourceId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.sourceId);
                    if (message.aliasId != null && $Object.hasOwnProperty.call(message, "aliasId") && message.aliasId !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.aliasId);
                    if (message.canonicalId != null && $Object.hasOwnProperty.call(message, "canonicalId") && message.canonicalId !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.canonicalId);
                    if (message.messageId != null && $Object.hasOwnProperty.call(message, "messageId") && message.messageId !== "")
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.messageId);
                    if (message.linkedAtMs != null && $Object.hasOwnProperty.call(message, "linkedAtMs") && (typeof message.linkedAtMs === "object" ? message.linkedAtMs.low || message.linkedAtMs.high : message.linkedAtMs !== 0))
                        writer.uint32(/* id 5, wireType 0 =*/40).int64(message.linkedAtMs);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Link message from the specified reader or buffer.
                 * @function decode
                 * @memberof tradewind.identity.v1.Link
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {tradewind.identity.v1.Link & tradewind.identity.v1.Link.$Shape} Link
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Link.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.tradewind.identity.v1.Link();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.sourceId = value;
                                else
                                    delete message.sourceId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.aliasId = value;
                                else
                                    delete message.aliasId;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.canonicalId = value;
                                else
                                    delete message.canonicalId;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.messageId = value;
                                else
                                    delete message.messageId;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.linkedAtMs = value;
                                else
                                    delete message.linkedAtMs;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Link;
            })();

            return v1;
        })();

        return identity;
    })();

    tradewind.models = (function() {

        /**
         * Namespace models.
         * @memberof tradewind
         * @namespace
         */
        var models = {};

        models.v1 = (function() {

            /**
             * Namespace v1.
             * @memberof tradewind.models
             * @namespace
             */
            var v1 = {};

            /**
             * ReleaseStage enum.
             * @name tradewind.models.v1.ReleaseStage
             * @enum {number}
             * @property {number} RELEASE_STAGE_UNSPECIFIED=0 RELEASE_STAGE_UNSPECIFIED value
             * @property {number} RELEASE_STAGE_LIVE=1 RELEASE_STAGE_LIVE value
             * @property {number} RELEASE_STAGE_SHADOW=2 RELEASE_STAGE_SHADOW value
             * @property {number} RELEASE_STAGE_RETIRED=3 RELEASE_STAGE_RETIRED value
             */
            v1.ReleaseStage = (function() {
                var valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[0] = "RELEASE_STAGE_UNSPECIFIED"] = 0;
                values[valuesById[1] = "RELEASE_STAGE_LIVE"] = 1;
                values[valuesById[2] = "RELEASE_STAGE_SHADOW"] = 2;
                values[valuesById[3] = "RELEASE_STAGE_RETIRED"] = 3;
                return values;
            })();

            v1.Release = (function() {

                /**
                 * Properties of a Release.
                 * @typedef {Object} tradewind.models.v1.Release.$Properties
                 * @property {string|null} [model] Release model
                 * @property {string|null} [version] Release version
                 * @property {tradewind.models.v1.ReleaseStage|null} [stage] Release stage
                 * @property {string|null} [sha256] Release sha256
                 * @property {Uint8Array|null} [manifestJson] Release manifestJson
                 * @property {number|null} [releasedAtMs] Release releasedAtMs
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Release.
                 * @memberof tradewind.models.v1
                 * @interface IRelease
                 * @augments tradewind.models.v1.Release.$Properties
                 * @deprecated Use tradewind.models.v1.Release.$Properties instead.
                 */

                /**
                 * Shape of a Release.
                 * @typedef {tradewind.models.v1.Release.$Properties} tradewind.models.v1.Release.$Shape
                 */

                /**
                 * Constructs a new Release.
                 * @memberof tradewind.models.v1
                 * @classdesc Represents a Release.
                 * @constructor
                 * @param {tradewind.models.v1.Release.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var Release = function (properties) {
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Release model.
                 * @member {string} model
                 * @memberof tradewind.models.v1.Release
                 * @instance
                 */
                Release.prototype.model = "";

                /**
                 * Release version.
                 * @member {string} version
                 * @memberof tradewind.models.v1.Release
                 * @instance
                 */
                Release.prototype.version = "";

                /**
                 * Release stage.
                 * @member {tradewind.models.v1.ReleaseStage} stage
                 * @memberof tradewind.models.v1.Release
                 * @instance
                 */
                Release.prototype.stage = 0;

                /**
                 * Release sha256.
                 * @member {string} sha256
                 * @memberof tradewind.models.v1.Release
                 * @instance
                 */
                Release.prototype.sha256 = "";

                /**
                 * Release manifestJson.
                 * @member {Uint8Array} manifestJson
                 * @memberof tradewind.models.v1.Release
                 * @instance
                 */
                Release.prototype.manifestJson = $util.newBuffer([]);

                /**
                 * Release releasedAtMs.
                 * @member {number} releasedAtMs
                 * @memberof tradewind.models.v1.Release
                 * @instance
                 */
                Release.prototype.releasedAtMs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Encodes the specified Release message. Does not implicitly {@link tradewind.models.v1.Release.verify|verify} messages.
                 * @function encode
                 * @memberof tradewind.models.v1.Release
                 * @static
                 * @param {tradewind.models.v1.Release.$Properties} message Release message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Release.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.model != null && $Object.hasOwnProperty.call(message, "model") && message.model !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.model);
                    if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.version);
                    if (message.stage != null && $Object.hasOwnProperty.call(message, "stage") && message.stage !== 0)
                        writer.uint32(/* id 3, wireType 0 =*/24).int32(message.stage);
                    if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256") && message.sha256 !== "")
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.sha256);
                    if (message.manifestJson != null && $Object.hasOwnProperty.call(message, "manifestJson") && message.manifestJson.length)
                        writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.manifestJson);
                    if (message.releasedAtMs != null && $Object.hasOwnProperty.call(message, "releasedAtMs") && (typeof message.releasedAtMs === "object" ? message.releasedAtMs.low || message.releasedAtMs.high : message.releasedAtMs !== 0))
                        writer.uint32(/* id 6, wireType 0 =*/48).int64(message.releasedAtMs);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Release message from the specified reader or buffer.
                 * @function decode
                 * @memberof tradewind.models.v1.Release
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {tradewind.models.v1.Release & tradewind.models.v1.Release.$Shape} Release
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Release.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.tradewind.models.v1.Release();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.model = value;
                                else
                                    delete message.model;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.version = value;
                                else
                                    delete message.version;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.stage = value;
                                else
                                    delete message.stage;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.sha256 = value;
                                else
                                    delete message.sha256;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.manifestJson = value;
                                else
                                    delete message.manifestJson;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.releasedAtMs = value;
                                else
                                    delete message.releasedAtMs;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Release;
            })();

            return v1;
        })();

        return models;
    })();

    tradewind.privacy = (function() {

        /**
         * Namespace privacy.
         * @memberof tradewind
         * @namespace
         */
        var privacy = {};

        privacy.v1 = (function() {

            /**
             * Namespace v1.
             * @memberof tradewind.privacy
             * @namespace
             */
            var v1 = {};

            /**
             * Regulation enum.
             * @name tradewind.privacy.v1.Regulation
             * @enum {number}
             * @property {number} REGULATION_UNSPECIFIED=0 REGULATION_UNSPECIFIED value
             * @property {number} REGULATION_SUPPRESS=1 REGULATION_SUPPRESS value
             * @property {number} REGULATION_UNSUPPRESS=2 REGULATION_UNSUPPRESS value
             * @property {number} REGULATION_SUPPRESS_AND_ERASE=3 REGULATION_SUPPRESS_AND_ERASE value
             * @property {number} REGULATION_ERASE=4 REGULATION_ERASE value
             */
            v1.Regulation = (function() {
                var valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[0] = "REGULATION_UNSPECIFIED"] = 0;
                values[valuesById[1] = "REGULATION_SUPPRESS"] = 1;
                values[valuesById[2] = "REGULATION_UNSUPPRESS"] = 2;
                values[valuesById[3] = "REGULATION_SUPPRESS_AND_ERASE"] = 3;
                values[valuesById[4] = "REGULATION_ERASE"] = 4;
                return values;
            })();

            v1.Suppression = (function() {

                /**
                 * Properties of a Suppression.
                 * @typedef {Object} tradewind.privacy.v1.Suppression.$Properties
                 * @property {string|null} [sourceId] Suppression sourceId
                 * @property {string|null} [id] Suppression id
                 * @property {tradewind.privacy.v1.Regulation|null} [regulation] Suppression regulation
                 * @property {string|null} [requestId] Suppression requestId
                 * @property {number|null} [requestedAtMs] Suppression requestedAtMs
                 * @property {string|null} [requestedId] Suppression requestedId
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Suppression.
                 * @memberof tradewind.privacy.v1
                 * @interface ISuppression
                 * @augments tradewind.privacy.v1.Suppression.$Properties
                 * @deprecated Use tradewind.privacy.v1.Suppression.$Properties instead.
                 */

                /**
                 * Shape of a Suppression.
                 * @typedef {tradewind.privacy.v1.Suppression.$Properties} tradewind.privacy.v1.Suppression.$Shape
                 */

                /**
                 * Constructs a new Suppression.
                 * @memberof tradewind.privacy.v1
                 * @classdesc Represents a Suppression.
                 * @constructor
                 * @param {tradewind.privacy.v1.Suppression.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var Suppression = function (properties) {
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Suppression sourceId.
                 * @member {string} sourceId
                 * @memberof tradewind.privacy.v1.Suppression
                 * @instance
                 */
                Suppression.prototype.sourceId = "";

                /**
                 * Suppression id.
                 * @member {string} id
                 * @memberof tradewind.privacy.v1.Suppression
                 * @instance
                 */
                Suppression.prototype.id = "";

                /**
                 * Suppression regulation.
                 * @member {tradewind.privacy.v1.Regulation} regulation
                 * @memberof tradewind.privacy.v1.Suppression
                 * @instance
                 */
                Suppression.prototype.regulation = 0;

                /**
                 * Suppression requestId.
                 * @member {string} requestId
                 * @memberof tradewind.privacy.v1.Suppression
                 * @instance
                 */
                Suppression.prototype.requestId = "";

                /**
                 * Suppression requestedAtMs.
                 * @member {number} requestedAtMs
                 * @memberof tradewind.privacy.v1.Suppression
                 * @instance
                 */
                Suppression.prototype.requestedAtMs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Suppression requestedId.
                 * @member {string} requestedId
                 * @memberof tradewind.privacy.v1.Suppression
                 * @instance
                 */
                Suppression.prototype.requestedId = "";

                /**
                 * Encodes the specified Suppression message. Does not implicitly {@link tradewind.privacy.v1.Suppression.verify|verify} messages.
                 * @function encode
                 * @memberof tradewind.privacy.v1.Suppression
                 * @static
                 * @param {tradewind.privacy.v1.Suppression.$Properties} message Suppression message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Suppression.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.sourceId != null && $Object.hasOwnProperty.call(message, "sourceId") && message.sourceId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.sourceId);
                    if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.id);
                    if (message.regulation != null && $Object.hasOwnProperty.call(message, "regulation") && message.regulation !== 0)
                        writer.uint32(/* id 3, wireType 0 =*/24).int32(message.regulation);
                    if (message.requestId != null && $Object.hasOwnProperty.call(message, "requestId") && message.requestId !== "")
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.requestId);
                    if (message.requestedAtMs != null && $Object.hasOwnProperty.call(message, "requestedAtMs") && (typeof message.requestedAtMs === "object" ? message.requestedAtMs.low || message.requestedAtMs.high : message.requestedAtMs !== 0))
                        writer.uint32(/* id 5, wireType 0 =*/40).int64(message.requestedAtMs);
                    if (message.requestedId != null && $Object.hasOwnProperty.call(message, "requestedId") && message.requestedId !== "")
                        writer.uint32(/* id 6, wireType 2 =*/50).string(message.requestedId);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Suppression message from the specified reader or buffer.
                 * @function decode
                 * @memberof tradewind.privacy.v1.Suppression
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {tradewind.privacy.v1.Suppression & tradewind.privacy.v1.Suppression.$Shape} Suppression
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Suppression.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.tradewind.privacy.v1.Suppression();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.sourceId = value;
                                else
                                    delete message.sourceId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.id = value;
                                else
                                    delete message.id;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.regulation = value;
                                else
                                    delete message.regulation;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.requestId = value;
                                else
                                    delete message.requestId;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.requestedAtMs = value;
                                else
                                    delete message.requestedAtMs;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.requestedId = value;
                                else
                                    delete message.requestedId;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Suppression;
            })();

            v1.Receipt = (function() {

                /**
                 * Properties of a Receipt.
                 * @typedef {Object} tradewind.privacy.v1.Receipt.$Properties
                 * @property {string|null} [requestId] Receipt requestId
                 * @property {string|null} [sourceId] Receipt sourceId
                 * @property {string|null} [id] Receipt id
                 * @property {string|null} [service] Receipt service
                 * @property {string|null} [store] Receipt store
                 * @property {number|null} [records] Receipt records
                 * @property {number|null} [doneAtMs] Receipt doneAtMs
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Receipt.
                 * @memberof tradewind.privacy.v1
                 * @interface IReceipt
                 * @augments tradewind.privacy.v1.Receipt.$Properties
                 * @deprecated Use tradewind.privacy.v1.Receipt.$Properties instead.
                 */

                /**
                 * Shape of a Receipt.
                 * @typedef {tradewind.privacy.v1.Receipt.$Properties} tradewind.privacy.v1.Receipt.$Shape
                 */

                /**
                 * Constructs a new Receipt.
                 * @memberof tradewind.privacy.v1
                 * @classdesc Represents a Receipt.
                 * @constructor
                 * @param {tradewind.privacy.v1.Receipt.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var Receipt = function (properties) {
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Receipt requestId.
                 * @member {string} requestId
                 * @memberof tradewind.privacy.v1.Receipt
                 * @instance
                 */
                Receipt.prototype.requestId = "";

                /**
                 * Receipt sourceId.
                 * @member {string} sourceId
                 * @memberof tradewind.privacy.v1.Receipt
                 * @instance
                 */
                Receipt.prototype.sourceId = "";

                /**
                 * Receipt id.
                 * @member {string} id
                 * @memberof tradewind.privacy.v1.Receipt
                 * @instance
                 */
                Receipt.prototype.id = "";

                /**
                 * Receipt service.
                 * @member {string} service
                 * @memberof tradewind.privacy.v1.Receipt
                 * @instance
                 */
                Receipt.prototype.service = "";

                /**
                 * Receipt store.
                 * @member {string} store
                 * @memberof tradewind.privacy.v1.Receipt
                 * @instance
                 */
                Receipt.prototype.store = "";

                /**
                 * Receipt records.
                 * @member {number} records
                 * @memberof tradewind.privacy.v1.Receipt
                 * @instance
                 */
                Receipt.prototype.records = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Receipt doneAtMs.
                 * @member {number} doneAtMs
                 * @memberof tradewind.privacy.v1.Receipt
                 * @instance
                 */
                Receipt.prototype.doneAtMs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Encodes the specified Receipt message. Does not implicitly {@link tradewind.privacy.v1.Receipt.verify|verify} messages.
                 * @function encode
                 * @memberof tradewind.privacy.v1.Receipt
                 * @static
                 * @param {tradewind.privacy.v1.Receipt.$Properties} message Receipt message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Receipt.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.requestId != null && $Object.hasOwnProperty.call(message, "requestId") && message.requestId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.requestId);
                    if (message.sourceId != null && $Object.hasOwnProperty.call(message, "sourceId") && message.sourceId !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.sourceId);
                    if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.id);
                    if (message.service != null && $Object.hasOwnProperty.call(message, "service") && message.service !== "")
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.service);
                    if (message.store != null && $Object.hasOwnProperty.call(message, "store") && message.store !== "")
                        writer.uint32(/* id 5, wireType 2 =*/42).string(message.store);
                    if (message.records != null && $Object.hasOwnProperty.call(message, "records") && (typeof message.records === "object" ? message.records.low || message.records.high : message.records !== 0))
                        writer.uint32(/* id 6, wireType 0 =*/48).int64(message.records);
                    if (message.doneAtMs != null && $Object.hasOwnProperty.call(message, "doneAtMs") && (typeof message.doneAtMs === "object" ? message.doneAtMs.low || message.doneAtMs.high : message.doneAtMs !== 0))
                        writer.uint32(/* id 7, wireType 0 =*/56).int64(message.doneAtMs);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Receipt message from the specified reader or buffer.
                 * @function decode
                 * @memberof tradewind.privacy.v1.Receipt
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {tradewind.privacy.v1.Receipt & tradewind.privacy.v1.Receipt.$Shape} Receipt
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Receipt.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.tradewind.privacy.v1.Receipt();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.requestId = value;
                                else
                                    delete message.requestId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.sourceId = value;
                                else
                                    delete message.sourceId;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.id = value;
                                else
                                    delete message.id;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.service = value;
                                else
                                    delete message.service;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.store = value;
                                else
                                    delete message.store;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.records = value;
                                else
                                    delete message.records;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.doneAtMs = value;
                                else
                                    delete message.doneAtMs;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Receipt;
            })();

            return v1;
        })();

        return privacy;
    })();

    tradewind.recommendations = (function() {

        /**
         * Namespace recommendations.
         * @memberof tradewind
         * @namespace
         */
        var recommendations = {};

        recommendations.v1 = (function() {

            /**
             * Namespace v1.
             * @memberof tradewind.recommendations
             * @namespace
             */
            var v1 = {};

            v1.Reason = (function() {

                /**
                 * Properties of a Reason.
                 * @typedef {Object} tradewind.recommendations.v1.Reason.$Properties
                 * @property {string|null} [itemId] Reason itemId
                 * @property {number|null} [contribution] Reason contribution
                 * @property {string|null} [text] Reason text
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Reason.
                 * @memberof tradewind.recommendations.v1
                 * @interface IReason
                 * @augments tradewind.recommendations.v1.Reason.$Properties
                 * @deprecated Use tradewind.recommendations.v1.Reason.$Properties instead.
                 */

                /**
                 * Shape of a Reason.
                 * @typedef {tradewind.recommendations.v1.Reason.$Properties} tradewind.recommendations.v1.Reason.$Shape
                 */

                /**
                 * Constructs a new Reason.
                 * @memberof tradewind.recommendations.v1
                 * @classdesc Represents a Reason.
                 * @constructor
                 * @param {tradewind.recommendations.v1.Reason.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var Reason = function (properties) {
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Reason itemId.
                 * @member {string} itemId
                 * @memberof tradewind.recommendations.v1.Reason
                 * @instance
                 */
                Reason.prototype.itemId = "";

                /**
                 * Reason contribution.
                 * @member {number} contribution
                 * @memberof tradewind.recommendations.v1.Reason
                 * @instance
                 */
                Reason.prototype.contribution = 0;

                /**
                 * Reason text.
                 * @member {string} text
                 * @memberof tradewind.recommendations.v1.Reason
                 * @instance
                 */
                Reason.prototype.text = "";

                /**
                 * Encodes the specified Reason message. Does not implicitly {@link tradewind.recommendations.v1.Reason.verify|verify} messages.
                 * @function encode
                 * @memberof tradewind.recommendations.v1.Reason
                 * @static
                 * @param {tradewind.recommendations.v1.Reason.$Properties} message Reason message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Reason.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.itemId != null && $Object.hasOwnProperty.call(message, "itemId") && message.itemId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.itemId);
                    if (message.contribution != null && $Object.hasOwnProperty.call(message, "contribution") && !$Object.is(message.contribution, 0))
                        writer.uint32(/* id 2, wireType 1 =*/17).double(message.contribution);
                    if (message.text != null && $Object.hasOwnProperty.call(message, "text") && message.text !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.text);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Reason message from the specified reader or buffer.
                 * @function decode
                 * @memberof tradewind.recommendations.v1.Reason
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {tradewind.recommendations.v1.Reason & tradewind.recommendations.v1.Reason.$Shape} Reason
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Reason.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.tradewind.recommendations.v1.Reason();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.itemId = value;
                                else
                                    delete message.itemId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.contribution = value;
                                else
                                    delete message.contribution;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.text = value;
                                else
                                    delete message.text;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Reason;
            })();

            v1.RankedItem = (function() {

                /**
                 * Properties of a RankedItem.
                 * @typedef {Object} tradewind.recommendations.v1.RankedItem.$Properties
                 * @property {string|null} [itemId] RankedItem itemId
                 * @property {number|null} [score] RankedItem score
                 * @property {Array.<tradewind.recommendations.v1.Reason.$Properties>|null} [reasons] RankedItem reasons
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a RankedItem.
                 * @memberof tradewind.recommendations.v1
                 * @interface IRankedItem
                 * @augments tradewind.recommendations.v1.RankedItem.$Properties
                 * @deprecated Use tradewind.recommendations.v1.RankedItem.$Properties instead.
                 */

                /**
                 * Shape of a RankedItem.
                 * @typedef {tradewind.recommendations.v1.RankedItem.$Properties} tradewind.recommendations.v1.RankedItem.$Shape
                 */

                /**
                 * Constructs a new RankedItem.
                 * @memberof tradewind.recommendations.v1
                 * @classdesc Represents a RankedItem.
                 * @constructor
                 * @param {tradewind.recommendations.v1.RankedItem.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var RankedItem = function (properties) {
                    this.reasons = [];
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * RankedItem itemId.
                 * @member {string} itemId
                 * @memberof tradewind.recommendations.v1.RankedItem
                 * @instance
                 */
                RankedItem.prototype.itemId = "";

                /**
                 * RankedItem score.
                 * @member {number} score
                 * @memberof tradewind.recommendations.v1.RankedItem
                 * @instance
                 */
                RankedItem.prototype.score = 0;

                /**
                 * RankedItem reasons.
                 * @member {Array.<tradewind.recommendations.v1.Reason.$Properties>} reasons
                 * @memberof tradewind.recommendations.v1.RankedItem
                 * @instance
                 */
                RankedItem.prototype.reasons = $util.emptyArray;

                /**
                 * Encodes the specified RankedItem message. Does not implicitly {@link tradewind.recommendations.v1.RankedItem.verify|verify} messages.
                 * @function encode
                 * @memberof tradewind.recommendations.v1.RankedItem
                 * @static
                 * @param {tradewind.recommendations.v1.RankedItem.$Properties} message RankedItem message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                RankedItem.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.itemId != null && $Object.hasOwnProperty.call(message, "itemId") && message.itemId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.itemId);
                    if (message.score != null && $Object.hasOwnProperty.call(message, "score") && !$Object.is(message.score, 0))
                        writer.uint32(/* id 2, wireType 1 =*/17).double(message.score);
                    if (message.reasons != null && message.reasons.length)
                        for (var i = 0; i < message.reasons.length; ++i)
                            $root.tradewind.recommendations.v1.Reason.encode(message.reasons[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a RankedItem message from the specified reader or buffer.
                 * @function decode
                 * @memberof tradewind.recommendations.v1.RankedItem
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {tradewind.recommendations.v1.RankedItem & tradewind.recommendations.v1.RankedItem.$Shape} RankedItem
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                RankedItem.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.tradewind.recommendations.v1.RankedItem();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.itemId = value;
                                else
                                    delete message.itemId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.score = value;
                                else
                                    delete message.score;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.reasons && message.reasons.length))
                                    message.reasons = [];
                                message.reasons.push($root.tradewind.recommendations.v1.Reason.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return RankedItem;
            })();

            v1.RankedList = (function() {

                /**
                 * Properties of a RankedList.
                 * @typedef {Object} tradewind.recommendations.v1.RankedList.$Properties
                 * @property {string|null} [recommendationId] RankedList recommendationId
                 * @property {string|null} [userKey] RankedList userKey
                 * @property {string|null} [placement] RankedList placement
                 * @property {Array.<tradewind.recommendations.v1.RankedItem.$Properties>|null} [items] RankedList items
                 * @property {string|null} [model] RankedList model
                 * @property {string|null} [modelVersion] RankedList modelVersion
                 * @property {number|null} [generatedAtMs] RankedList generatedAtMs
                 * @property {string|null} [strategy] RankedList strategy
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a RankedList.
                 * @memberof tradewind.recommendations.v1
                 * @interface IRankedList
                 * @augments tradewind.recommendations.v1.RankedList.$Properties
                 * @deprecated Use tradewind.recommendations.v1.RankedList.$Properties instead.
                 */

                /**
                 * Shape of a RankedList.
                 * @typedef {tradewind.recommendations.v1.RankedList.$Properties} tradewind.recommendations.v1.RankedList.$Shape
                 */

                /**
                 * Constructs a new RankedList.
                 * @memberof tradewind.recommendations.v1
                 * @classdesc Represents a RankedList.
                 * @constructor
                 * @param {tradewind.recommendations.v1.RankedList.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var RankedList = function (properties) {
                    this.items = [];
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * RankedList recommendationId.
                 * @member {string} recommendationId
                 * @memberof tradewind.recommendations.v1.RankedList
                 * @instance
                 */
                RankedList.prototype.recommendationId = "";

                /**
                 * RankedList userKey.
                 * @member {string} userKey
                 * @memberof tradewind.recommendations.v1.RankedList
                 * @instance
                 */
                RankedList.prototype.userKey = "";

                /**
                 * RankedList placement.
                 * @member {string} placement
                 * @memberof tradewind.recommendations.v1.RankedList
                 * @instance
                 */
                RankedList.prototype.placement = "";

                /**
                 * RankedList items.
                 * @member {Array.<tradewind.recommendations.v1.RankedItem.$Properties>} items
                 * @memberof tradewind.recommendations.v1.RankedList
                 * @instance
                 */
                RankedList.prototype.items = $util.emptyArray;

                /**
                 * RankedList model.
                 * @member {string} model
                 * @memberof tradewind.recommendations.v1.RankedList
                 * @instance
                 */
                RankedList.prototype.model = "";

                /**
                 * RankedList modelVersion.
                 * @member {string} modelVersion
                 * @memberof tradewind.recommendations.v1.RankedList
                 * @instance
                 */
                RankedList.prototype.modelVersion = "";

                /**
                 * RankedList generatedAtMs.
                 * @member {number} generatedAtMs
                 * @memberof tradewind.recommendations.v1.RankedList
                 * @instance
                 */
                RankedList.prototype.generatedAtMs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * RankedList strategy.
                 * @member {string} strategy
                 * @memberof tradewind.recommendations.v1.RankedList
                 * @instance
                 */
                RankedList.prototype.strategy = "";

                /**
                 * Encodes the specified RankedList message. Does not implicitly {@link tradewind.recommendations.v1.RankedList.verify|verify} messages.
                 * @function encode
                 * @memberof tradewind.recommendations.v1.RankedList
                 * @static
                 * @param {tradewind.recommendations.v1.RankedList.$Properties} message RankedList message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                RankedList.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.recommendationId != null && $Object.hasOwnProperty.call(message, "recommendationId") && message.recommendationId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.recommendationId);
                    if (message.userKey != null && $Object.hasOwnProperty.call(message, "userKey") && message.userKey !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.userKey);
                    if (message.placement != null && $Object.hasOwnProperty.call(message, "placement") && message.placement !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.placement);
                    if (message.items != null && message.items.length)
                        for (var i = 0; i < message.items.length; ++i)
                            $root.tradewind.recommendations.v1.RankedItem.encode(message.items[i], writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                    if (message.model != null && $Object.hasOwnProperty.call(message, "model") && message.model !== "")
                        writer.uint32(/* id 5, wireType 2 =*/42).string(message.model);
                    if (message.modelVersion != null && $Object.hasOwnProperty.call(message, "modelVersion") && message.modelVersion !== "")
                        writer.uint32(/* id 6, wireType 2 =*/50).string(message.modelVersion);
                    if (message.generatedAtMs != null && $Object.hasOwnProperty.call(message, "generatedAtMs") && (typeof message.generatedAtMs === "object" ? message.generatedAtMs.low || message.generatedAtMs.high : message.generatedAtMs !== 0))
                        writer.uint32(/* id 7, wireType 0 =*/56).int64(message.generatedAtMs);
                    if (message.strategy != null && $Object.hasOwnProperty.call(message, "strategy") && message.strategy !== "")
                        writer.uint32(/* id 8, wireType 2 =*/66).string(message.strategy);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a RankedList message from the specified reader or buffer.
                 * @function decode
                 * @memberof tradewind.recommendations.v1.RankedList
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {tradewind.recommendations.v1.RankedList & tradewind.recommendations.v1.RankedList.$Shape} RankedList
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                RankedList.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.tradewind.recommendations.v1.RankedList();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.recommendationId = value;
                                else
                                    delete message.recommendationId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.userKey = value;
                                else
                                    delete message.userKey;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.placement = value;
                                else
                                    delete message.placement;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.items && message.items.length))
                                    message.items = [];
                                message.items.push($root.tradewind.recommendations.v1.RankedItem.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.model = value;
                                else
                                    delete message.model;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.modelVersion = value;
                                else
                                    delete message.modelVersion;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.generatedAtMs = value;
                                else
                                    delete message.generatedAtMs;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.strategy = value;
                                else
                                    delete message.strategy;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return RankedList;
            })();

            return v1;
        })();

        return recommendations;
    })();

    tradewind.segments = (function() {

        /**
         * Namespace segments.
         * @memberof tradewind
         * @namespace
         */
        var segments = {};

        segments.v1 = (function() {

            /**
             * Namespace v1.
             * @memberof tradewind.segments
             * @namespace
             */
            var v1 = {};

            /**
             * AlertLevel enum.
             * @name tradewind.segments.v1.AlertLevel
             * @enum {number}
             * @property {number} ALERT_LEVEL_UNSPECIFIED=0 ALERT_LEVEL_UNSPECIFIED value
             * @property {number} ALERT_LEVEL_WARNING=1 ALERT_LEVEL_WARNING value
             * @property {number} ALERT_LEVEL_ALARM=2 ALERT_LEVEL_ALARM value
             */
            v1.AlertLevel = (function() {
                var valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[0] = "ALERT_LEVEL_UNSPECIFIED"] = 0;
                values[valuesById[1] = "ALERT_LEVEL_WARNING"] = 1;
                values[valuesById[2] = "ALERT_LEVEL_ALARM"] = 2;
                return values;
            })();

            v1.DriftAlert = (function() {

                /**
                 * Properties of a DriftAlert.
                 * @typedef {Object} tradewind.segments.v1.DriftAlert.$Properties
                 * @property {string|null} [alertId] DriftAlert alertId
                 * @property {string|null} [model] DriftAlert model
                 * @property {string|null} [modelVersion] DriftAlert modelVersion
                 * @property {string|null} [kind] DriftAlert kind
                 * @property {string|null} [feature] DriftAlert feature
                 * @property {tradewind.segments.v1.AlertLevel|null} [level] DriftAlert level
                 * @property {number|null} [value] DriftAlert value
                 * @property {number|null} [threshold] DriftAlert threshold
                 * @property {number|null} [customers] DriftAlert customers
                 * @property {number|null} [windowMs] DriftAlert windowMs
                 * @property {number|null} [measuredAtMs] DriftAlert measuredAtMs
                 * @property {Array.<number>|null} [edges] DriftAlert edges
                 * @property {Array.<number>|null} [expectedShares] DriftAlert expectedShares
                 * @property {Array.<number>|null} [actualShares] DriftAlert actualShares
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a DriftAlert.
                 * @memberof tradewind.segments.v1
                 * @interface IDriftAlert
                 * @augments tradewind.segments.v1.DriftAlert.$Properties
                 * @deprecated Use tradewind.segments.v1.DriftAlert.$Properties instead.
                 */

                /**
                 * Shape of a DriftAlert.
                 * @typedef {tradewind.segments.v1.DriftAlert.$Properties} tradewind.segments.v1.DriftAlert.$Shape
                 */

                /**
                 * Constructs a new DriftAlert.
                 * @memberof tradewind.segments.v1
                 * @classdesc Represents a DriftAlert.
                 * @constructor
                 * @param {tradewind.segments.v1.DriftAlert.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var DriftAlert = function (properties) {
                    this.edges = [];
                    this.expectedShares = [];
                    this.actualShares = [];
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * DriftAlert alertId.
                 * @member {string} alertId
                 * @memberof tradewind.segments.v1.DriftAlert
                 * @instance
                 */
                DriftAlert.prototype.alertId = "";

                /**
                 * DriftAlert model.
                 * @member {string} model
                 * @memberof tradewind.segments.v1.DriftAlert
                 * @instance
                 */
                DriftAlert.prototype.model = "";

                /**
                 * DriftAlert modelVersion.
                 * @member {string} modelVersion
                 * @memberof tradewind.segments.v1.DriftAlert
                 * @instance
                 */
                DriftAlert.prototype.modelVersion = "";

                /**
                 * DriftAlert kind.
                 * @member {string} kind
                 * @memberof tradewind.segments.v1.DriftAlert
                 * @instance
                 */
                DriftAlert.prototype.kind = "";

                /**
                 * DriftAlert feature.
                 * @member {string} feature
                 * @memberof tradewind.segments.v1.DriftAlert
                 * @instance
                 */
                DriftAlert.prototype.feature = "";

                /**
                 * DriftAlert level.
                 * @member {tradewind.segments.v1.AlertLevel} level
                 * @memberof tradewind.segments.v1.DriftAlert
                 * @instance
                 */
                DriftAlert.prototype.level = 0;

                /**
                 * DriftAlert value.
                 * @member {number} value
                 * @memberof tradewind.segments.v1.DriftAlert
                 * @instance
                 */
                DriftAlert.prototype.value = 0;

                /**
                 * DriftAlert threshold.
                 * @member {number} threshold
                 * @memberof tradewind.segments.v1.DriftAlert
                 * @instance
                 */
                DriftAlert.prototype.threshold = 0;

                /**
                 * DriftAlert customers.
                 * @member {number} customers
                 * @memberof tradewind.segments.v1.DriftAlert
                 * @instance
                 */
                DriftAlert.prototype.customers = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * DriftAlert windowMs.
                 * @member {number} windowMs
                 * @memberof tradewind.segments.v1.DriftAlert
                 * @instance
                 */
                DriftAlert.prototype.windowMs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * DriftAlert measuredAtMs.
                 * @member {number} measuredAtMs
                 * @memberof tradewind.segments.v1.DriftAlert
                 * @instance
                 */
                DriftAlert.prototype.measuredAtMs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * DriftAlert edges.
                 * @member {Array.<number>} edges
                 * @memberof tradewind.segments.v1.DriftAlert
                 * @instance
                 */
                DriftAlert.prototype.edges = $util.emptyArray;

                /**
                 * DriftAlert expectedShares.
                 * @member {Array.<number>} expectedShares
                 * @memberof tradewind.segments.v1.DriftAlert
                 * @instance
                 */
                DriftAlert.prototype.expectedShares = $util.emptyArray;

                /**
                 * DriftAlert actualShares.
                 * @member {Array.<number>} actualShares
                 * @memberof tradewind.segments.v1.DriftAlert
                 * @instance
                 */
                DriftAlert.prototype.actualShares = $util.emptyArray;

                /**
                 * Encodes the specified DriftAlert message. Does not implicitly {@link tradewind.segments.v1.DriftAlert.verify|verify} messages.
                 * @function encode
                 * @memberof tradewind.segments.v1.DriftAlert
                 * @static
                 * @param {tradewind.segments.v1.DriftAlert.$Properties} message DriftAlert message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                DriftAlert.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.alertId != null && $Object.hasOwnProperty.call(message, "alertId") && message.alertId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.alertId);
                    if (message.model != null && $Object.hasOwnProperty.call(message, "model") && message.model !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.model);
                    if (message.modelVersion != null && $Object.hasOwnProperty.call(message, "modelVersion") && message.modelVersion !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.modelVersion);
                    if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.kind);
                    if (message.feature != null && $Object.hasOwnProperty.call(message, "feature") && message.feature !== "")
                        writer.uint32(/* id 5, wireType 2 =*/42).string(message.feature);
                    if (message.level != null && $Object.hasOwnProperty.call(message, "level") && message.level !== 0)
                        writer.uint32(/* id 6, wireType 0 =*/48).int32(message.level);
                    if (message.value != null && $Object.hasOwnProperty.call(message, "value") && !$Object.is(message.value, 0))
                        writer.uint32(/* id 7, wireType 1 =*/57).double(message.value);
                    if (message.threshold != null && $Object.hasOwnProperty.call(message, "threshold") && !$Object.is(message.threshold, 0))
                        writer.uint32(/* id 8, wireType 1 =*/65).double(message.threshold);
                    if (message.customers != null && $Object.hasOwnProperty.call(message, "customers") && (typeof message.customers === "object" ? message.customers.low || message.customers.high : message.customers !== 0))
                        writer.uint32(/* id 9, wireType 0 =*/72).int64(message.customers);
                    if (message.windowMs != null && $Object.hasOwnProperty.call(message, "windowMs") && (typeof message.windowMs === "object" ? message.windowMs.low || message.windowMs.high : message.windowMs !== 0))
                        writer.uint32(/* id 10, wireType 0 =*/80).int64(message.windowMs);
                    if (message.measuredAtMs != null && $Object.hasOwnProperty.call(message, "measuredAtMs") && (typeof message.measuredAtMs === "object" ? message.measuredAtMs.low || message.measuredAtMs.high : message.measuredAtMs !== 0))
                        writer.uint32(/* id 11, wireType 0 =*/88).int64(message.measuredAtMs);
                    if (message.edges != null && message.edges.length)
                        writer.uint32(/* id 12, wireType 2 =*/98).doubles(message.edges);
                    if (message.expectedShares != null && message.expectedShares.length)
                        writer.uint32(/* id 13, wireType 2 =*/106).doubles(message.expectedShares);
                    if (message.actualShares != null && message.actualShares.length)
                        writer.uint32(/* id 14, wireType 2 =*/114).doubles(message.actualShares);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a DriftAlert message from the specified reader or buffer.
                 * @function decode
                 * @memberof tradewind.segments.v1.DriftAlert
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {tradewind.segments.v1.DriftAlert & tradewind.segments.v1.DriftAlert.$Shape} DriftAlert
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                DriftAlert.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.tradewind.segments.v1.DriftAlert();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.alertId = value;
                                else
                                    delete message.alertId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.model = value;
                                else
                                    delete message.model;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.modelVersion = value;
                                else
                                    delete message.modelVersion;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.kind = value;
                                else
                                    delete message.kind;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.feature = value;
                                else
                                    delete message.feature;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.level = value;
                                else
                                    delete message.level;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.value = value;
                                else
                                    delete message.value;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.threshold = value;
                                else
                                    delete message.threshold;
                                continue;
                            }
                        case 9: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.customers = value;
                                else
                                    delete message.customers;
                                continue;
                            }
                        case 10: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.windowMs = value;
                                else
                                    delete message.windowMs;
                                continue;
                            }
                        case 11: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.measuredAtMs = value;
                                else
                                    delete message.measuredAtMs;
                                continue;
                            }
                        case 12: {
                                if (wireType === 2) {
                                    if (!(message.edges && message.edges.length))
                                        message.edges = [];
                                    reader.doubles(message.edges);
                                    continue;
                                }
                                if (wireType !== 1)
                                    break;
                                if (!(message.edges && message.edges.length))
                                    message.edges = [];
                                message.edges.push(reader.double());
                                continue;
                            }
                        case 13: {
                                if (wireType === 2) {
                                    if (!(message.expectedShares && message.expectedShares.length))
                                        message.expectedShares = [];
                                    reader.doubles(message.expectedShares);
                                    continue;
                                }
                                if (wireType !== 1)
                                    break;
                                if (!(message.expectedShares && message.expectedShares.length))
                                    message.expectedShares = [];
                                message.expectedShares.push(reader.double());
                                continue;
                            }
                        case 14: {
                                if (wireType === 2) {
                                    if (!(message.actualShares && message.actualShares.length))
                                        message.actualShares = [];
                                    reader.doubles(message.actualShares);
                                    continue;
                                }
                                if (wireType !== 1)
                                    break;
                                if (!(message.actualShares && message.actualShares.length))
                                    message.actualShares = [];
                                message.actualShares.push(reader.double());
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return DriftAlert;
            })();

            /**
             * TransitionKind enum.
             * @name tradewind.segments.v1.TransitionKind
             * @enum {number}
             * @property {number} TRANSITION_KIND_UNSPECIFIED=0 TRANSITION_KIND_UNSPECIFIED value
             * @property {number} TRANSITION_KIND_ENTERED=1 TRANSITION_KIND_ENTERED value
             * @property {number} TRANSITION_KIND_EXITED=2 TRANSITION_KIND_EXITED value
             */
            v1.TransitionKind = (function() {
                var valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[0] = "TRANSITION_KIND_UNSPECIFIED"] = 0;
                values[valuesById[1] = "TRANSITION_KIND_ENTERED"] = 1;
                values[valuesById[2] = "TRANSITION_KIND_EXITED"] = 2;
                return values;
            })();

            v1.Evidence = (function() {

                /**
                 * Properties of an Evidence.
                 * @typedef {Object} tradewind.segments.v1.Evidence.$Properties
                 * @property {string|null} [feature] Evidence feature
                 * @property {number|null} [value] Evidence value
                 * @property {number|null} [contribution] Evidence contribution
                 * @property {string|null} [text] Evidence text
                 * @property {Array.<string>|null} [messageIds] Evidence messageIds
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of an Evidence.
                 * @memberof tradewind.segments.v1
                 * @interface IEvidence
                 * @augments tradewind.segments.v1.Evidence.$Properties
                 * @deprecated Use tradewind.segments.v1.Evidence.$Properties instead.
                 */

                /**
                 * Shape of an Evidence.
                 * @typedef {tradewind.segments.v1.Evidence.$Properties} tradewind.segments.v1.Evidence.$Shape
                 */

                /**
                 * Constructs a new Evidence.
                 * @memberof tradewind.segments.v1
                 * @classdesc Represents an Evidence.
                 * @constructor
                 * @param {tradewind.segments.v1.Evidence.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var Evidence = function (properties) {
                    this.messageIds = [];
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Evidence feature.
                 * @member {string} feature
                 * @memberof tradewind.segments.v1.Evidence
                 * @instance
                 */
                Evidence.prototype.feature = "";

                /**
                 * Evidence value.
                 * @member {number} value
                 * @memberof tradewind.segments.v1.Evidence
                 * @instance
                 */
                Evidence.prototype.value = 0;

                /**
                 * Evidence contribution.
                 * @member {number} contribution
                 * @memberof tradewind.segments.v1.Evidence
                 * @instance
                 */
                Evidence.prototype.contribution = 0;

                /**
                 * Evidence text.
                 * @member {string} text
                 * @memberof tradewind.segments.v1.Evidence
                 * @instance
                 */
                Evidence.prototype.text = "";

                /**
                 * Evidence messageIds.
                 * @member {Array.<string>} messageIds
                 * @memberof tradewind.segments.v1.Evidence
                 * @instance
                 */
                Evidence.prototype.messageIds = $util.emptyArray;

                /**
                 * Encodes the specified Evidence message. Does not implicitly {@link tradewind.segments.v1.Evidence.verify|verify} messages.
                 * @function encode
                 * @memberof tradewind.segments.v1.Evidence
                 * @static
                 * @param {tradewind.segments.v1.Evidence.$Properties} message Evidence message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Evidence.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.feature != null && $Object.hasOwnProperty.call(message, "feature") && message.feature !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.feature);
                    if (message.value != null && $Object.hasOwnProperty.call(message, "value") && !$Object.is(message.value, 0))
                        writer.uint32(/* id 2, wireType 1 =*/17).double(message.value);
                    if (message.contribution != null && $Object.hasOwnProperty.call(message, "contribution") && !$Object.is(message.contribution, 0))
                        writer.uint32(/* id 3, wireType 1 =*/25).double(message.contribution);
                    if (message.text != null && $Object.hasOwnProperty.call(message, "text") && message.text !== "")
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.text);
                    if (message.messageIds != null && message.messageIds.length)
                        for (var i = 0; i < message.messageIds.length; ++i)
                            writer.uint32(/* id 5, wireType 2 =*/42).string(message.messageIds[i]);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes an Evidence message from the specified reader or buffer.
                 * @function decode
                 * @memberof tradewind.segments.v1.Evidence
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {tradewind.segments.v1.Evidence & tradewind.segments.v1.Evidence.$Shape} Evidence
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Evidence.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.tradewind.segments.v1.Evidence();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.feature = value;
                                else
                                    delete message.feature;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.value = value;
                                else
                                    delete message.value;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.contribution = value;
                                else
                                    delete message.contribution;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.text = value;
                                else
                                    delete message.text;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.messageIds && message.messageIds.length))
                                    message.messageIds = [];
                                message.messageIds.push(reader.stringVerify());
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Evidence;
            })();

            v1.Transition = (function() {

                /**
                 * Properties of a Transition.
                 * @typedef {Object} tradewind.segments.v1.Transition.$Properties
                 * @property {string|null} [transitionId] Transition transitionId
                 * @property {string|null} [userKey] Transition userKey
                 * @property {string|null} [segmentId] Transition segmentId
                 * @property {string|null} [segmentName] Transition segmentName
                 * @property {tradewind.segments.v1.TransitionKind|null} [kind] Transition kind
                 * @property {string|null} [model] Transition model
                 * @property {string|null} [modelVersion] Transition modelVersion
                 * @property {number|null} [occurredAtMs] Transition occurredAtMs
                 * @property {number|null} [decidedAtMs] Transition decidedAtMs
                 * @property {Array.<tradewind.segments.v1.Evidence.$Properties>|null} [evidence] Transition evidence
                 * @property {string|null} [reason] Transition reason
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Transition.
                 * @memberof tradewind.segments.v1
                 * @interface ITransition
                 * @augments tradewind.segments.v1.Transition.$Properties
                 * @deprecated Use tradewind.segments.v1.Transition.$Properties instead.
                 */

                /**
                 * Shape of a Transition.
                 * @typedef {tradewind.segments.v1.Transition.$Properties} tradewind.segments.v1.Transition.$Shape
                 */

                /**
                 * Constructs a new Transition.
                 * @memberof tradewind.segments.v1
                 * @classdesc Represents a Transition.
                 * @constructor
                 * @param {tradewind.segments.v1.Transition.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var Transition = function (properties) {
                    this.evidence = [];
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Transition transitionId.
                 * @member {string} transitionId
                 * @memberof tradewind.segments.v1.Transition
                 * @instance
                 */
                Transition.prototype.transitionId = "";

                /**
                 * Transition userKey.
                 * @member {string} userKey
                 * @memberof tradewind.segments.v1.Transition
                 * @instance
                 */
                Transition.prototype.userKey = "";

                /**
                 * Transition segmentId.
                 * @member {string} segmentId
                 * @memberof tradewind.segments.v1.Transition
                 * @instance
                 */
                Transition.prototype.segmentId = "";

                /**
                 * Transition segmentName.
                 * @member {string} segmentName
                 * @memberof tradewind.segments.v1.Transition
                 * @instance
                 */
                Transition.prototype.segmentName = "";

                /**
                 * Transition kind.
                 * @member {tradewind.segments.v1.TransitionKind} kind
                 * @memberof tradewind.segments.v1.Transition
                 * @instance
                 */
                Transition.prototype.kind = 0;

                /**
                 * Transition model.
                 * @member {string} model
                 * @memberof tradewind.segments.v1.Transition
                 * @instance
                 */
                Transition.prototype.model = "";

                /**
                 * Transition modelVersion.
                 * @member {string} modelVersion
                 * @memberof tradewind.segments.v1.Transition
                 * @instance
                 */
                Transition.prototype.modelVersion = "";

                /**
                 * Transition occurredAtMs.
                 * @member {number} occurredAtMs
                 * @memberof tradewind.segments.v1.Transition
                 * @instance
                 */
                Transition.prototype.occurredAtMs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Transition decidedAtMs.
                 * @member {number} decidedAtMs
                 * @memberof tradewind.segments.v1.Transition
                 * @instance
                 */
                Transition.prototype.decidedAtMs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Transition evidence.
                 * @member {Array.<tradewind.segments.v1.Evidence.$Properties>} evidence
                 * @memberof tradewind.segments.v1.Transition
                 * @instance
                 */
                Transition.prototype.evidence = $util.emptyArray;

                /**
                 * Transition reason.
                 * @member {string} reason
                 * @memberof tradewind.segments.v1.Transition
                 * @instance
                 */
                Transition.prototype.reason = "";

                /**
                 * Encodes the specified Transition message. Does not implicitly {@link tradewind.segments.v1.Transition.verify|verify} messages.
                 * @function encode
                 * @memberof tradewind.segments.v1.Transition
                 * @static
                 * @param {tradewind.segments.v1.Transition.$Properties} message Transition message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Transition.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.transitionId != null && $Object.hasOwnProperty.call(message, "transitionId") && message.transitionId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.transitionId);
                    if (message.userKey != null && $Object.hasOwnProperty.call(message, "userKey") && message.userKey !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.userKey);
                    if (message.segmentId != null && $Object.hasOwnProperty.call(message, "segmentId") && message.segmentId !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.segmentId);
                    if (message.segmentName != null && $Object.hasOwnProperty.call(message, "segmentName") && message.segmentName !== "")
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.segmentName);
                    if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== 0)
                        writer.uint32(/* id 5, wireType 0 =*/40).int32(message.kind);
                    if (message.model != null && $Object.hasOwnProperty.call(message, "model") && message.model !== "")
                        writer.uint32(/* id 6, wireType 2 =*/50).string(message.model);
                    if (message.modelVersion != null && $Object.hasOwnProperty.call(message, "modelVersion") && message.modelVersion !== "")
                        writer.uint32(/* id 7, wireType 2 =*/58).string(message.modelVersion);
                    if (message.occurredAtMs != null && $Object.hasOwnProperty.call(message, "occurredAtMs") && (typeof message.occurredAtMs === "object" ? message.occurredAtMs.low || message.occurredAtMs.high : message.occurredAtMs !== 0))
                        writer.uint32(/* id 8, wireType 0 =*/64).int64(message.occurredAtMs);
                    if (message.decidedAtMs != null && $Object.hasOwnProperty.call(message, "decidedAtMs") && (typeof message.decidedAtMs === "object" ? message.decidedAtMs.low || message.decidedAtMs.high : message.decidedAtMs !== 0))
                        writer.uint32(/* id 9, wireType 0 =*/72).int64(message.decidedAtMs);
                    if (message.evidence != null && message.evidence.length)
                        for (var i = 0; i < message.evidence.length; ++i)
                            $root.tradewind.segments.v1.Evidence.encode(message.evidence[i], writer.uint32(/* id 10, wireType 2 =*/82).fork(), _depth + 1).ldelim();
                    if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                        writer.uint32(/* id 11, wireType 2 =*/90).string(message.reason);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Transition message from the specified reader or buffer.
                 * @function decode
                 * @memberof tradewind.segments.v1.Transition
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {tradewind.segments.v1.Transition & tradewind.segments.v1.Transition.$Shape} Transition
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Transition.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.tradewind.segments.v1.Transition();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.transitionId = value;
                                else
                                    delete message.transitionId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.userKey = value;
                                else
                                    delete message.userKey;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.segmentId = value;
                                else
                                    delete message.segmentId;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.segmentName = value;
                                else
                                    delete message.segmentName;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.kind = value;
                                else
                                    delete message.kind;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.model = value;
                                else
                                    delete message.model;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.modelVersion = value;
                                else
                                    delete message.modelVersion;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.occurredAtMs = value;
                                else
                                    delete message.occurredAtMs;
                                continue;
                            }
                        case 9: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.decidedAtMs = value;
                                else
                                    delete message.decidedAtMs;
                                continue;
                            }
                        case 10: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.evidence && message.evidence.length))
                                    message.evidence = [];
                                message.evidence.push($root.tradewind.segments.v1.Evidence.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        case 11: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.reason = value;
                                else
                                    delete message.reason;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Transition;
            })();

            v1.Membership = (function() {

                /**
                 * Properties of a Membership.
                 * @typedef {Object} tradewind.segments.v1.Membership.$Properties
                 * @property {string|null} [segmentId] Membership segmentId
                 * @property {string|null} [segmentName] Membership segmentName
                 * @property {string|null} [userKey] Membership userKey
                 * @property {boolean|null} [member] Membership member
                 * @property {string|null} [modelVersion] Membership modelVersion
                 * @property {number|null} [sinceMs] Membership sinceMs
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Membership.
                 * @memberof tradewind.segments.v1
                 * @interface IMembership
                 * @augments tradewind.segments.v1.Membership.$Properties
                 * @deprecated Use tradewind.segments.v1.Membership.$Properties instead.
                 */

                /**
                 * Shape of a Membership.
                 * @typedef {tradewind.segments.v1.Membership.$Properties} tradewind.segments.v1.Membership.$Shape
                 */

                /**
                 * Constructs a new Membership.
                 * @memberof tradewind.segments.v1
                 * @classdesc Represents a Membership.
                 * @constructor
                 * @param {tradewind.segments.v1.Membership.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var Membership = function (properties) {
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Membership segmentId.
                 * @member {string} segmentId
                 * @memberof tradewind.segments.v1.Membership
                 * @instance
                 */
                Membership.prototype.segmentId = "";

                /**
                 * Membership segmentName.
                 * @member {string} segmentName
                 * @memberof tradewind.segments.v1.Membership
                 * @instance
                 */
                Membership.prototype.segmentName = "";

                /**
                 * Membership userKey.
                 * @member {string} userKey
                 * @memberof tradewind.segments.v1.Membership
                 * @instance
                 */
                Membership.prototype.userKey = "";

                /**
                 * Membership member.
                 * @member {boolean} member
                 * @memberof tradewind.segments.v1.Membership
                 * @instance
                 */
                Membership.prototype.member = false;

                /**
                 * Membership modelVersion.
                 * @member {string} modelVersion
                 * @memberof tradewind.segments.v1.Membership
                 * @instance
                 */
                Membership.prototype.modelVersion = "";

                /**
                 * Membership sinceMs.
                 * @member {number} sinceMs
                 * @memberof tradewind.segments.v1.Membership
                 * @instance
                 */
                Membership.prototype.sinceMs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Encodes the specified Membership message. Does not implicitly {@link tradewind.segments.v1.Membership.verify|verify} messages.
                 * @function encode
                 * @memberof tradewind.segments.v1.Membership
                 * @static
                 * @param {tradewind.segments.v1.Membership.$Properties} message Membership message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Membership.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.segmentId != null && $Object.hasOwnProperty.call(message, "segmentId") && message.segmentId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.segmentId);
                    if (message.segmentName != null && $Object.hasOwnProperty.call(message, "segmentName") && message.segmentName !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.segmentName);
                    if (message.userKey != null && $Object.hasOwnProperty.call(message, "userKey") && message.userKey !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.userKey);
                    if (message.member != null && $Object.hasOwnProperty.call(message, "member") && message.member !== false)
                        writer.uint32(/* id 4, wireType 0 =*/32).bool(message.member);
                    if (message.modelVersion != null && $Object.hasOwnProperty.call(message, "modelVersion") && message.modelVersion !== "")
                        writer.uint32(/* id 5, wireType 2 =*/42).string(message.modelVersion);
                    if (message.sinceMs != null && $Object.hasOwnProperty.call(message, "sinceMs") && (typeof message.sinceMs === "object" ? message.sinceMs.low || message.sinceMs.high : message.sinceMs !== 0))
                        writer.uint32(/* id 6, wireType 0 =*/48).int64(message.sinceMs);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Membership message from the specified reader or buffer.
                 * @function decode
                 * @memberof tradewind.segments.v1.Membership
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {tradewind.segments.v1.Membership & tradewind.segments.v1.Membership.$Shape} Membership
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Membership.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.tradewind.segments.v1.Membership();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.segmentId = value;
                                else
                                    delete message.segmentId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.segmentName = value;
                                else
                                    delete message.segmentName;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.userKey = value;
                                else
                                    delete message.userKey;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.member = value;
                                else
                                    delete message.member;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.modelVersion = value;
                                else
                                    delete message.modelVersion;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.sinceMs = value;
                                else
                                    delete message.sinceMs;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Membership;
            })();

            return v1;
        })();

        return segments;
    })();

    tradewind.social = (function() {

        /**
         * Namespace social.
         * @memberof tradewind
         * @namespace
         */
        var social = {};

        social.v1 = (function() {

            /**
             * Namespace v1.
             * @memberof tradewind.social
             * @namespace
             */
            var v1 = {};

            v1.Post = (function() {

                /**
                 * Properties of a Post.
                 * @typedef {Object} tradewind.social.v1.Post.$Properties
                 * @property {string|null} [postId] Post postId
                 * @property {string|null} [brand] Post brand
                 * @property {string|null} [network] Post network
                 * @property {string|null} [sourceId] Post sourceId
                 * @property {string|null} [authorId] Post authorId
                 * @property {string|null} [authorName] Post authorName
                 * @property {number|null} [authorFollowers] Post authorFollowers
                 * @property {string|null} [text] Post text
                 * @property {string|null} [language] Post language
                 * @property {string|null} [url] Post url
                 * @property {number|null} [publishedAtMs] Post publishedAtMs
                 * @property {number|null} [receivedAtMs] Post receivedAtMs
                 * @property {number|null} [likes] Post likes
                 * @property {number|null} [shares] Post shares
                 * @property {number|null} [replies] Post replies
                 * @property {string|null} [inReplyTo] Post inReplyTo
                 * @property {string|null} [location] Post location
                 * @property {number|null} [rating] Post rating
                 * @property {string|null} [itemId] Post itemId
                 * @property {Uint8Array|null} [payloadJson] Post payloadJson
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Post.
                 * @memberof tradewind.social.v1
                 * @interface IPost
                 * @augments tradewind.social.v1.Post.$Properties
                 * @deprecated Use tradewind.social.v1.Post.$Properties instead.
                 */

                /**
                 * Shape of a Post.
                 * @typedef {tradewind.social.v1.Post.$Properties} tradewind.social.v1.Post.$Shape
                 */

                /**
                 * Constructs a new Post.
                 * @memberof tradewind.social.v1
                 * @classdesc Represents a Post.
                 * @constructor
                 * @param {tradewind.social.v1.Post.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var Post = function (properties) {
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Post postId.
                 * @member {string} postId
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.postId = "";

                /**
                 * Post brand.
                 * @member {string} brand
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.brand = "";

                /**
                 * Post network.
                 * @member {string} network
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.network = "";

                /**
                 * Post sourceId.
                 * @member {string} sourceId
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.sourceId = "";

                /**
                 * Post authorId.
                 * @member {string} authorId
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.authorId = "";

                /**
                 * Post authorName.
                 * @member {string} authorName
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.authorName = "";

                /**
                 * Post authorFollowers.
                 * @member {number} authorFollowers
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.authorFollowers = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Post text.
                 * @member {string} text
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.text = "";

                /**
                 * Post language.
                 * @member {string} language
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.language = "";

                /**
                 * Post url.
                 * @member {string} url
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.url = "";

                /**
                 * Post publishedAtMs.
                 * @member {number} publishedAtMs
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.publishedAtMs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Post receivedAtMs.
                 * @member {number} receivedAtMs
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.receivedAtMs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Post likes.
                 * @member {number} likes
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.likes = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Post shares.
                 * @member {number} shares
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.shares = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Post replies.
                 * @member {number} replies
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.replies = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

                /**
                 * Post inReplyTo.
                 * @member {string} inReplyTo
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.inReplyTo = "";

                /**
                 * Post location.
                 * @member {string} location
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.location = "";

                /**
                 * Post rating.
                 * @member {number} rating
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.rating = 0;

                /**
                 * Post itemId.
                 * @member {string} itemId
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.itemId = "";

                /**
                 * Post payloadJson.
                 * @member {Uint8Array} payloadJson
                 * @memberof tradewind.social.v1.Post
                 * @instance
                 */
                Post.prototype.payloadJson = $util.newBuffer([]);

                /**
                 * Encodes the specified Post message. Does not implicitly {@link tradewind.social.v1.Post.verify|verify} messages.
                 * @function encode
                 * @memberof tradewind.social.v1.Post
                 * @static
                 * @param {tradewind.social.v1.Post.$Properties} message Post message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Post.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.postId != null && $Object.hasOwnProperty.call(message, "postId") && message.postId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.postId);
                    if (message.brand != null && $Object.hasOwnProperty.call(message, "brand") && message.brand !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.brand);
                    if (message.network != null && $Object.hasOwnProperty.call(message, "network") && message.network !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.network);
                    if (message.sourceId != null && $Object.hasOwnProperty.call(message, "sourceId") && message.sourceId !== "")
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.sourceId);
                    if (message.authorId != null && $Object.hasOwnProperty.call(message, "authorId") && message.authorId !== "")
                        writer.uint32(/* id 5, wireType 2 =*/42).string(message.authorId);
                    if (message.authorName != null && $Object.hasOwnProperty.call(message, "authorName") && message.authorName !== "")
                        writer.uint32(/* id 6, wireType 2 =*/50).string(message.authorName);
                    if (message.authorFollowers != null && $Object.hasOwnProperty.call(message, "authorFollowers") && (typeof message.authorFollowers === "object" ? message.authorFollowers.low || message.authorFollowers.high : message.authorFollowers !== 0))
                        writer.uint32(/* id 7, wireType 0 =*/56).int64(message.authorFollowers);
                    if (message.text != null && $Object.hasOwnProperty.call(message, "text") && message.text !== "")
                        writer.uint32(/* id 8, wireType 2 =*/66).string(message.text);
                    if (message.language != null && $Object.hasOwnProperty.call(message, "language") && message.language !== "")
                        writer.uint32(/* id 9, wireType 2 =*/74).string(message.language);
                    if (message.url != null && $Object.hasOwnProperty.call(message, "url") && message.url !== "")
                        writer.uint32(/* id 10, wireType 2 =*/82).string(message.url);
                    if (message.publishedAtMs != null && $Object.hasOwnProperty.call(message, "publishedAtMs") && (typeof message.publishedAtMs === "object" ? message.publishedAtMs.low || message.publishedAtMs.high : message.publishedAtMs !== 0))
                        writer.uint32(/* id 11, wireType 0 =*/88).int64(message.publishedAtMs);
                    if (message.receivedAtMs != null && $Object.hasOwnProperty.call(message, "receivedAtMs") && (typeof message.receivedAtMs === "object" ? message.receivedAtMs.low || message.receivedAtMs.high : message.receivedAtMs !== 0))
                        writer.uint32(/* id 12, wireType 0 =*/96).int64(message.receivedAtMs);
                    if (message.likes != null && $Object.hasOwnProperty.call(message, "likes") && (typeof message.likes === "object" ? message.likes.low || message.likes.high : message.likes !== 0))
                        writer.uint32(/* id 13, wireType 0 =*/104).int64(message.likes);
                    if (message.shares != null && $Object.hasOwnProperty.call(message, "shares") && (typeof message.shares === "object" ? message.shares.low || message.shares.high : message.shares !== 0))
                        writer.uint32(/* id 14, wireType 0 =*/112).int64(message.shares);
                    if (message.replies != null && $Object.hasOwnProperty.call(message, "replies") && (typeof message.replies === "object" ? message.replies.low || message.replies.high : message.replies !== 0))
                        writer.uint32(/* id 15, wireType 0 =*/120).int64(message.replies);
                    if (message.inReplyTo != null && $Object.hasOwnProperty.call(message, "inReplyTo") && message.inReplyTo !== "")
                        writer.uint32(/* id 16, wireType 2 =*/130).string(message.inReplyTo);
                    if (message.location != null && $Object.hasOwnProperty.call(message, "location") && message.location !== "")
                        writer.uint32(/* id 17, wireType 2 =*/138).string(message.location);
                    if (message.rating != null && $Object.hasOwnProperty.call(message, "rating") && !$Object.is(message.rating, 0))
                        writer.uint32(/* id 18, wireType 1 =*/145).double(message.rating);
                    if (message.itemId != null && $Object.hasOwnProperty.call(message, "itemId") && message.itemId !== "")
                        writer.uint32(/* id 19, wireType 2 =*/154).string(message.itemId);
                    if (message.payloadJson != null && $Object.hasOwnProperty.call(message, "payloadJson") && message.payloadJson.length)
                        writer.uint32(/* id 20, wireType 2 =*/162).bytes(message.payloadJson);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Post message from the specified reader or buffer.
                 * @function decode
                 * @memberof tradewind.social.v1.Post
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {tradewind.social.v1.Post & tradewind.social.v1.Post.$Shape} Post
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Post.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.tradewind.social.v1.Post();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.postId = value;
                                else
                                    delete message.postId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.brand = value;
                                else
                                    delete message.brand;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.network = value;
                                else
                                    delete message.network;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.sourceId = value;
                                else
                                    delete message.sourceId;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.authorId = value;
                                else
                                    delete message.authorId;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.authorName = value;
                                else
                                    delete message.authorName;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.authorFollowers = value;
                                else
                                    delete message.authorFollowers;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.text = value;
                                else
                                    delete message.text;
                                continue;
                            }
                        case 9: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.language = value;
                                else
                                    delete message.language;
                                continue;
                            }
                        case 10: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.url = value;
                                else
                                    delete message.url;
                                continue;
                            }
                        case 11: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.publishedAtMs = value;
                                else
                                    delete message.publishedAtMs;
                                continue;
                            }
                        case 12: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.receivedAtMs = value;
                                else
                                    delete message.receivedAtMs;
                                continue;
                            }
                        case 13: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.likes = value;
                                else
                                    delete message.likes;
                                continue;
                            }
                        case 14: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.shares = value;
                                else
                                    delete message.shares;
                                continue;
                            }
                        case 15: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                    message.replies = value;
                                else
                                    delete message.replies;
                                continue;
                            }
                        case 16: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.inReplyTo = value;
                                else
                                    delete message.inReplyTo;
                                continue;
                            }
                        case 17: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.location = value;
                                else
                                    delete message.location;
                                continue;
                            }
                        case 18: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.rating = value;
                                else
                                    delete message.rating;
                                continue;
                            }
                        case 19: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.itemId = value;
                                else
                                    delete message.itemId;
                                continue;
                            }
                        case 20: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.payloadJson = value;
                                else
                                    delete message.payloadJson;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Post;
            })();

            return v1;
        })();

        return social;
    })();

    return tradewind;
})();

module.exports = $root;
