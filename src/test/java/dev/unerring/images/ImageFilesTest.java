// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.data.Fit;
import dev.unerring.tensor.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files become images of the wanted shape, or a refusal that names file and reason. */
class ImageFilesTest {
  @TempDir private Path folder;

  @Test
  void greyAndColourBecomeEachOther() throws IOException {
    Path grey = write("grey.png", PngForge.png(1, 2, 8, PngForge.GREY, 5, 250));
    Path rgb = write("rgb.png", PngForge.png(1, 2, 8, PngForge.RGB, 255, 0, 0, 10, 200, 30));
    assertArrayEquals(
        new byte[] {5, 5, 5, (byte) 250, (byte) 250, (byte) 250},
        ImageFiles.read(grey, Shape.image2d(1, 2, 3), Fit.CROP));
    // What Pillow's convert("L") gives.
    assertArrayEquals(new byte[] {76, 124}, ImageFiles.read(rgb, Shape.image2d(1, 2, 1), Fit.CROP));
  }

  @Test
  void theNameSaysNothing() throws IOException {
    Path file = write("picture.txt", PngForge.png(1, 1, 8, PngForge.GREY, 9));
    assertArrayEquals(new byte[] {9}, ImageFiles.read(file, Shape.image2d(1, 1, 1), Fit.CROP));
  }

  @Test
  void noResizingRefusesAnotherSize() throws IOException {
    Path file = write("a.png", PngForge.png(1, 2, 8, PngForge.GREY, 5, 6));
    refused("it has 1 x 2 pixels, not 2 x 2", file, Shape.image2d(2, 2, 1), Fit.NONE);
    assertArrayEquals(new byte[] {5, 6}, ImageFiles.read(file, Shape.image2d(1, 2, 1), Fit.NONE));
  }

  @Test
  void everythingElseIsRefused() throws IOException {
    refused("there is no such file", folder.resolve("absent.png"));
    refused("not a regular file", folder);
    refused("the file is empty", write("empty.png", new byte[0]));
    refused("neither a PNG nor a JPEG", write("notes.png", text("patient,label\n")));
    refused("this is a TIFF file", write("a.tif", text("II*\0rest")));
    refused("this is a GIF file", write("a.gif", text("GIF89a")));
    refused("this is a gzip file", write("a.nii.gz", text("\u001f\u008b\b")));
    refused("this is a WebP file", write("a.webp", text("RIFF....WEBPVP8 ")));
    byte[] dicom = new byte[200];
    System.arraycopy(text("DICM"), 0, dicom, 128, 4);
    refused("this is a DICOM file", write("a.dcm", dicom));
    byte[] nifti = new byte[352];
    System.arraycopy(text("n+1\0"), 0, nifti, 344, 4);
    refused("this is a NIfTI file", write("a.nii", nifti));
    Path good = write("good.png", PngForge.png(1, 1, 8, PngForge.GREY, 9));
    refused("pack volumes as an npz file", good, new Shape(1, 4, 4, 4, 1), Fit.CROP);
  }

  private void refused(String part, Path file) {
    refused(part, file, Shape.image2d(28, 28, 1), Fit.CROP);
  }

  private static void refused(String part, Path file, Shape shape, Fit fit) {
    String message =
        assertThrows(DataException.class, () -> ImageFiles.read(file, shape, fit)).getMessage();
    assertTrue(message.startsWith(file.toString()) && message.contains(part), message);
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private static byte[] text(String latin) {
    return latin.getBytes(StandardCharsets.ISO_8859_1);
  }
}
