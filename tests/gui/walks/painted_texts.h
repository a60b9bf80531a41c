// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPaintDevice>
#include <QPaintEngine>
#include <QPoint>
#include <QStringList>
#include <QWidget>

namespace heaptap::gui::test {

/// Paints nothing, and remembers each piece of text that would have been painted.
class TextRecorder : public QPaintEngine {
 public:
  TextRecorder() : QPaintEngine(AllFeatures) {}

  bool begin(QPaintDevice* /*device*/) override { return true; }
  bool end() override { return true; }
  void updateState(const QPaintEngineState& /*state*/) override {}
  void drawPixmap(const QRectF& /*to*/, const QPixmap& /*pixmap*/, const QRectF& /*from*/) override {}
  void drawImage(const QRectF& /*to*/, const QImage& /*image*/, const QRectF& /*from*/,
                 Qt::ImageConversionFlags /*flags*/) override {}
  void drawPath(const QPainterPath& /*path*/) override {}
  void drawPolygon(const QPointF* /*points*/, int /*count*/, PolygonDrawMode /*mode*/) override {}
  void drawTextItem(const QPointF& /*at*/, const QTextItem& item) override { texts << item.text(); }
  [[nodiscard]] Type type() const override { return User; }

  QStringList texts;
};

/// All that is painted of a widget and those in it, text by text.
class PaintedTexts : public QPaintDevice {
 public:
  explicit PaintedTexts(QWidget& widget) : m_size(widget.size()) {
    widget.render(this, {}, {}, QWidget::DrawWindowBackground | QWidget::DrawChildren);
  }
  [[nodiscard]] const QStringList& texts() const { return m_engine.texts; }
  [[nodiscard]] QPaintEngine* paintEngine() const override { return &m_engine; }

 protected:
  [[nodiscard]] int metric(PaintDeviceMetric metric) const override {
    constexpr int kDotsInInch = 96;
    constexpr int kDepth = 32;
    switch (metric) {
      case PdmWidth: return m_size.width();
      case PdmHeight: return m_size.height();
      case PdmDepth: return kDepth;
      case PdmDpiX:
      case PdmDpiY:
      case PdmPhysicalDpiX:
      case PdmPhysicalDpiY: return kDotsInInch;
      case PdmDevicePixelRatio: return 1;
      case PdmDevicePixelRatioScaled: return static_cast<int>(devicePixelRatioFScale());
      default: return 0;  // Nobody asks for millimetres or the number of colours.
    }
  }

 private:
  QSize m_size;
  mutable TextRecorder m_engine;
};

}  // namespace heaptap::gui::test
